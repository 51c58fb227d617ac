//! Sessions that ended before their tokens ran out, as the issuer tells them twice a second.
//!
//! Those of the last minutes are enough: the issuer's tokens live for 15.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::Uri;
use serde::Deserialize;
use tokio_util::task::AbortOnDropHandle;

use super::clock::now;
use super::source::{Http, fetch, http};

/// How long an ended session is remembered: until the last of its tokens has run out, with time to spare.
const REMEMBERED: Duration = Duration::from_secs(16 * 60);
/// How often the issuer is asked.
const EVERY: Duration = Duration::from_millis(500);
/// How far back each question reaches: a session may end in a transaction that takes a while, by a clock that is late.
const OVERLAP: Duration = Duration::from_secs(30);
/// How often in a row it may not answer before that is told.
const PATIENCE: u32 = 4;
/// The longest list that is read, in bytes.
const LIST_MAX_BYTES: usize = 4 * 1024 * 1024;
/// How many ended sessions are remembered at most; the latest ones then.
const SESSIONS_MAX: usize = 200_000;

/// The sessions that ended of late.
pub(super) struct Ended {
    known: Arc<Known>,
    _watcher: AbortOnDropHandle<()>,
}

/// Each with the second since 1970 until which it is remembered.
#[derive(Default)]
struct Known(RwLock<HashMap<Box<str>, u64>>);

/// What the issuer tells.
#[derive(Deserialize)]
struct Told {
    sessions: Vec<Box<str>>,
    /// Up to when these are all, in milliseconds since 1970.
    until: u64,
}

impl Ended {
    /// Asks at `url` from now on. It must be called within a runtime.
    pub(super) fn watch(url: String) -> Self {
        let known = Arc::new(Known::default());
        let watcher = Watcher { url, http: http(1), since: 0, failed: 0, known: Arc::clone(&known) };
        Self { known, _watcher: AbortOnDropHandle::new(tokio::spawn(watcher.run())) }
    }

    pub(super) fn has(&self, session: &str) -> bool {
        self.known.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(session)
    }
}

impl Known {
    fn note(&self, sessions: Vec<Box<str>>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let now = now().as_secs();
        let until = now + REMEMBERED.as_secs();
        for session in sessions {
            known.entry(session).or_insert(until);
        }
        known.retain(|_, until| *until > now);
        if known.len() > SESSIONS_MAX {
            let mut times: Vec<u64> = known.values().copied().collect();
            let at = times.len() - SESSIONS_MAX;
            let (_, least, _) = times.select_nth_unstable(at);
            let least = *least;
            known.retain(|_, until| *until >= least);
            tracing::error!(
                SESSIONS_MAX,
                "more sessions ended than are remembered; the earliest go on until their tokens run out"
            );
        }
    }
}

/// The task that asks.
struct Watcher {
    url: String,
    http: Http,
    /// From when on it asks, in milliseconds since 1970.
    since: u64,
    /// How often in a row there was no answer.
    failed: u32,
    known: Arc<Known>,
}

impl Watcher {
    async fn run(mut self) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            match self.ask().await {
                Ok(()) => {
                    if self.failed > PATIENCE {
                        tracing::info!("the ends of sessions are heard of again");
                    }
                    self.failed = 0;
                }
                Err(cause) => {
                    self.failed = self.failed.saturating_add(1);
                    if self.failed == PATIENCE + 1 {
                        tracing::warn!(
                            cause,
                            "the ends of sessions are not heard of: tokens live until they run out, at most 15 minutes"
                        );
                    }
                }
            }
        }
    }

    async fn ask(&mut self) -> Result<(), String> {
        let url: Uri = format!("{}?since={}", self.url, self.since).parse().map_err(|_| "it is no URL".to_owned())?;
        let text = fetch(&self.http, url, LIST_MAX_BYTES).await?;
        let told: Told =
            serde_json::from_slice(&text).map_err(|error| format!("it is no list of sessions: {error}"))?;
        self.known.note(told.sessions);
        let overlap = u64::try_from(OVERLAP.as_millis()).unwrap_or_default();
        self.since = told.until.saturating_sub(overlap).max(self.since);
        Ok(())
    }
}
