//! The issuer's public keys, kept up to date by a task of their own. Requests read what is there and never fetch by
//! themselves; one whose token names an unknown key may ask for a look, and waits for it a little.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::jwks::Keys;
use super::source::{Http, SET_MAX_BYTES, Source, Stamp, fetch, http, read};

/// How long a request waits for the keys to be looked up.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// How many requests wait at once; a further one is refused.
const WAITING_MAX: usize = 64;

/// How often keys are looked up.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The time between two looks that nobody asked for.
    pub every: Duration,
    /// The time after a look in which nobody gets another one.
    pub rest: Duration,
}

impl Pace {
    /// A file's state is asked for every 5 s, a URL is fetched every 5 minutes; an unknown key makes it 1 s and 10 s at
    /// the earliest.
    pub fn of(source: &Source) -> Self {
        let (every, rest) = match source {
            Source::File(_) => (5, 1),
            Source::Url(_) => (300, 10),
        };
        Self { every: Duration::from_secs(every), rest: Duration::from_secs(rest) }
    }
}

/// The public keys of the issuer: the last ones that could be had.
pub struct Keyring {
    shared: Arc<Shared>,
    _watcher: AbortOnDropHandle<()>,
}

struct Shared {
    keys: RwLock<Arc<Keys>>,
    turn: Mutex<Turn>,
    asked: Notify,
    looked: watch::Sender<()>,
    /// Room for requests that wait for a look: anybody can name a key that nobody knows.
    waiting: Semaphore,
}

/// Whether somebody is looking keys up, and from when on it may be done again.
struct Turn {
    looking: bool,
    rest_until: Instant,
}

impl Keyring {
    /// The keys at `source`, watched from now on. It must be called within a runtime. A URL may be away: its keys are
    /// there once it answers.
    ///
    /// # Errors
    /// A sentence, when the source is a file and holds no JWK Set.
    pub fn watch(source: Source, pace: Pace) -> Result<Self, String> {
        let mut watcher = Watcher::new(source, pace);
        if let Source::File(path) = &watcher.source
            && let Some((text, stamp)) = read(path, None)?
        {
            watcher.take(text, Some(stamp))?;
        }
        let shared = Arc::clone(&watcher.shared);
        Ok(Self { shared, _watcher: AbortOnDropHandle::new(tokio::spawn(watcher.run())) })
    }

    /// The keys as they are now.
    pub(super) fn current(&self) -> Arc<Keys> {
        Arc::clone(&self.shared.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has the keys looked up once more, together with all others who ask, and waits for it up to two seconds; not at
    /// all when that was done a moment ago and may not be done again by then, or too many wait already.
    pub(super) async fn look_again(&self) {
        let Ok(_place) = self.shared.waiting.try_acquire() else { return };
        let looked = async {
            let mut looked = self.shared.looked.subscribe();
            while let Err(rest_until) = self.shared.may_look() {
                if rest_until.saturating_duration_since(Instant::now()) > WAIT_MAX {
                    return;
                }
                tokio::time::sleep_until(rest_until).await;
                looked.mark_unchanged();
            }
            let _ = looked.changed().await;
        };
        // Late keys are still for the next request.
        let _ = tokio::time::timeout(WAIT_MAX, looked).await;
    }
}

impl Shared {
    /// Joins the look that is under way, or asks for one when the rest after the last one is over; else says when it is.
    fn may_look(&self) -> Result<(), Instant> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !turn.looking && Instant::now() < turn.rest_until {
            return Err(turn.rest_until);
        }
        if !turn.looking {
            turn.looking = true;
            self.asked.notify_one();
        }
        Ok(())
    }

    fn set_looking(&self, looking: bool, rest: Duration) {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *turn = Turn { looking, rest_until: Instant::now() + rest };
    }
}

/// The task that looks keys up; being one, it never does so twice at a time.
struct Watcher {
    source: Source,
    pace: Pace,
    shared: Arc<Shared>,
    http: Option<Http>,
    text: Bytes,
    stamp: Option<Stamp>,
    /// What was last complained about, so that it is logged once.
    complaint: Option<String>,
}

impl Watcher {
    fn new(source: Source, pace: Pace) -> Self {
        let http = matches!(source, Source::Url(_)).then(|| http(0));
        let shared = Arc::new(Shared {
            keys: RwLock::default(),
            // The first look is under way as soon as the task runs.
            turn: Mutex::new(Turn { looking: true, rest_until: Instant::now() }),
            asked: Notify::new(),
            looked: watch::Sender::new(()),
            waiting: Semaphore::new(WAITING_MAX),
        });
        Self { source, pace, shared, http, text: Bytes::new(), stamp: None, complaint: None }
    }

    async fn run(mut self) {
        loop {
            self.shared.set_looking(true, self.pace.rest);
            let next = match self.look().await {
                Ok(()) => {
                    if self.complaint.take().is_some() {
                        tracing::info!(source = %self.source, "the public keys can be had again");
                    }
                    self.pace.every
                }
                Err(reason) => {
                    if self.complaint.as_ref() != Some(&reason) {
                        tracing::warn!(source = %self.source, reason, "public keys stay as they are");
                    }
                    self.complaint = Some(reason);
                    self.pace.rest
                }
            };
            self.shared.set_looking(false, self.pace.rest);
            self.shared.looked.send_replace(());
            let _ = tokio::time::timeout(next, self.shared.asked.notified()).await;
        }
    }

    async fn look(&mut self) -> Result<(), String> {
        match (&self.source, &self.http) {
            (Source::Url(url), Some(http)) => {
                let text = fetch(http, url.clone(), SET_MAX_BYTES).await?;
                self.take(text, None)
            }
            (Source::File(path), _) => {
                let (path, stamp) = (path.clone(), self.stamp);
                let work = tokio::task::spawn_blocking(move || read(&path, stamp));
                match work.await.map_err(|error| error.to_string())?? {
                    Some((text, stamp)) => self.take(text, Some(stamp)),
                    None => Ok(()),
                }
            }
            (Source::Url(_), None) => Ok(()),
        }
    }

    /// Puts the keys of `text` in the place of those before. The stamp is noted only with good ones, for a file may have
    /// been met half written.
    fn take(&mut self, text: Bytes, stamp: Option<Stamp>) -> Result<(), String> {
        if self.text != text {
            let mut current = self.shared.keys.write().unwrap_or_else(PoisonError::into_inner);
            let (keys, left_out) = Keys::parse(&text, current.generation + 1)?;
            tracing::info!(source = %self.source, keys = keys.len(), left_out = left_out.join("; "), "public keys taken");
            *current = Arc::new(keys);
            self.text = text;
        }
        self.stamp = stamp;
        Ok(())
    }
}
