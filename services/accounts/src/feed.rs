//! The sessions that ended of late, for all who check tokens. Each of them asks twice a second and anybody may, so the database is
//! asked once for all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use store::StoreError;

use crate::store::{AccountStore, now_ms};

/// How old what is told may be.
const FRESH_FOR: Duration = Duration::from_millis(250);

/// What is known of ended sessions. Cloning it shares that.
#[derive(Clone)]
pub(crate) struct Feed {
    store: AccountStore,
    known: Arc<Mutex<Option<Known>>>,
}

#[derive(Clone)]
struct Known {
    /// When the database was asked, or is being asked.
    asked: Instant,
    told: Arc<Told>,
}

/// Sessions that ended.
pub(crate) struct Told {
    /// Each with the time, in milliseconds since 1970, in their order.
    sessions: Vec<(String, i64)>,
    /// Up to when these are all.
    pub(crate) until_ms: i64,
}

impl Told {
    /// Those that ended at this time or later.
    pub(crate) fn since(&self, ms: i64) -> impl Iterator<Item = &str> {
        let first = self.sessions.partition_point(|(_, at)| *at < ms);
        self.sessions[first..].iter().map(|(id, _)| id.as_str())
    }
}

impl Feed {
    pub(crate) fn new(store: AccountStore) -> Self {
        Self { store, known: Arc::default() }
    }

    /// What is known, from the database when that was not asked a moment ago. While somebody asks it, all others get what was
    /// known before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn told(&self) -> Result<Arc<Told>, StoreError> {
        if let Some(told) = self.known_before() {
            return Ok(told);
        }
        let until_ms = now_ms();
        let told = Arc::new(Told { sessions: self.store.ended().await?, until_ms });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Who asked later knows more.
        if known.as_ref().is_none_or(|known| known.told.until_ms <= until_ms) {
            *known = Some(Known { asked: Instant::now(), told: Arc::clone(&told) });
        }
        Ok(told)
    }

    /// What need not be asked for again; nothing when it is this caller who has to ask.
    fn known_before(&self) -> Option<Arc<Told>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.as_mut()?;
        if known.asked.elapsed() >= FRESH_FOR {
            known.asked = Instant::now();
            return None;
        }
        Some(Arc::clone(&known.told))
    }
}
