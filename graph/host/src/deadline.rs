//! The one deadline of a request: it is set where the request comes in, and holds in every part that works for it, down
//! to the statement in the database.
//!
//! A part gives each request the time of its settings, or less when the client says so: `Prefer: wait=2` (RFC 7240,
//! section 4.3) for seconds, [`TIME_LEFT`] for milliseconds. The latter is also how a part tells the next one what is
//! left, because their clocks may differ.

use std::future::Future;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};
use tokio::time::Instant;
use tokio::time::error::Elapsed;

/// How many milliseconds the sender still waits for the answer.
pub const TIME_LEFT: HeaderName = HeaderName::from_static("x-time-left-ms");
/// What the client would like, beside what it asks for (RFC 7240).
const PREFER: HeaderName = HeaderName::from_static("prefer");

tokio::task_local! {
    static CURRENT: Deadline;
}

/// Until when an answer is of use. It knows its budget, so that it can be given again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deadline {
    at: Instant,
    budget: Duration,
}

impl Deadline {
    /// From now on for `budget`.
    pub fn within(budget: Duration) -> Self {
        Self { at: Instant::now() + budget, budget }
    }

    /// From now on for `most`, or for less when the headers of a request say so. What they say is ignored when it
    /// cannot be read, as a preference is.
    pub fn asked(headers: &HeaderMap, most: Duration) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let left = text(TIME_LEFT).and_then(|text| text.parse().ok()).map(Duration::from_millis);
        let waits = text(PREFER).and_then(preferred_wait);
        Self::within([left, waits].into_iter().flatten().fold(most, Duration::min))
    }

    /// How long it is until then; nothing when it is over.
    pub fn left(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// The whole time again, from now on: for the next part of an answer that is sent while it is made.
    #[must_use]
    pub fn renewed(self) -> Self {
        Self::within(self.budget)
    }

    /// The later one of two.
    #[must_use]
    pub fn or_later(self, other: Self) -> Self {
        if other.at > self.at { other } else { self }
    }

    /// Waits for `work` until the deadline. What is late is dropped.
    ///
    /// # Errors
    /// When it is late.
    pub async fn hold<F: Future>(self, work: F) -> Result<F::Output, Elapsed> {
        tokio::time::timeout_at(self.at, work).await
    }

    /// Runs `work` with this as its [`current`](Self::current) deadline.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// The deadline of the request that this task works for, if it works for one.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|deadline| *deadline).ok()
    }
}

/// What [`TIME_LEFT`] says of this much time.
pub fn time_left(left: Duration) -> HeaderValue {
    HeaderValue::from(u64::try_from(left.as_millis()).unwrap_or(u64::MAX))
}

/// The seconds of `wait=`, anywhere in the value of `Prefer`.
fn preferred_wait(text: &str) -> Option<Duration> {
    let mut preferences = text.split([',', ';']).filter_map(|one| one.split_once('='));
    let (_, seconds) = preferences.find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))?;
    seconds.trim().trim_matches('"').parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(headers: &[(HeaderName, &'static str)]) -> Duration {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        Deadline::asked(&headers.collect(), Duration::from_secs(10)).budget
    }

    #[test]
    fn the_shortest_time_holds() {
        assert_eq!(budget(&[]), Duration::from_secs(10));
        assert_eq!(budget(&[(PREFER, "wait=3")]), Duration::from_secs(3));
        assert_eq!(budget(&[(PREFER, "respond-async, Wait = \"3\"")]), Duration::from_secs(3));
        assert_eq!(budget(&[(PREFER, "wait=60")]), Duration::from_secs(10));
        assert_eq!(budget(&[(TIME_LEFT, "250"), (PREFER, "wait=3")]), Duration::from_millis(250));
    }

    #[test]
    fn what_cannot_be_read_is_ignored() {
        for text in ["wait", "wait=", "wait=soon", "wait=-1", "await=1", "return=minimal", "wait=1.5", ""] {
            assert_eq!(budget(&[(PREFER, text)]), Duration::from_secs(10), "{text}");
        }
        assert_eq!(budget(&[(TIME_LEFT, "-5")]), Duration::from_secs(10));
    }

    #[tokio::test]
    async fn work_knows_its_deadline_and_ends_with_it() {
        assert_eq!(Deadline::current(), None);
        let deadline = Deadline::within(Duration::from_millis(20));
        let late =
            deadline.scope(async { Deadline::current().unwrap().hold(std::future::pending::<()>()).await }).await;
        assert!(late.is_err() && deadline.left().is_zero());
        assert!(!deadline.renewed().left().is_zero());
    }
}
