//! What was read of late, to be given again while its service is away.
//!
//! It is kept by subject: what one may read, another need not. Nothing is kept unless a setting allows it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use bytes::Bytes;
use graph_host::auth::Caller;
use graph_host::metrics::{Counter, STALE};
use graph_host::problem::Problem;
use lru::LruCache;

use crate::Row;

/// How many bytes of answers and keys are kept at most; the least recently used go first.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// What an answer takes beside its own bytes, roughly.
const AROUND_BYTES: usize = 256;

/// What was read, now or of late.
#[derive(Clone, Debug)]
pub struct Read<T> {
    /// What it is.
    pub value: T,
    /// How long ago it was read, when the service is away.
    pub age: Option<Duration>,
}

/// What can be kept.
pub trait Keep: Clone {
    /// The same, without what it may share with others, and how many bytes it has; nothing when it need not be kept.
    fn to_keep(&self) -> Option<(Self, usize)>;
}

impl Keep for Row {
    /// What is not there need not be kept: it may be there soon.
    fn to_keep(&self) -> Option<(Self, usize)> {
        let row = self.as_ref()?;
        // As a part of a batch it would keep all of it.
        Some((Some(Bytes::copy_from_slice(row)), row.len()))
    }
}

/// Answers of late.
pub struct Stale<T>(Option<Keeping<T>>);

struct Keeping<T> {
    within: Duration,
    kept: Mutex<Kept<T>>,
    served: Counter,
}

/// Who asked, and for what.
type Key = (Arc<str>, String);

struct Kept<T> {
    answers: LruCache<Key, Answered<T>>,
    bytes: usize,
}

struct Answered<T> {
    value: T,
    at: Instant,
    bytes: usize,
}

impl<T: Keep> Stale<T> {
    /// Keeps answers for `within`, for `part`; without it none.
    pub fn new(part: &'static str, within: Option<Duration>) -> Self {
        Self(within.map(|within| {
            let kept = Mutex::new(Kept { answers: LruCache::unbounded(), bytes: 0 });
            Keeping { within, kept, served: STALE.of([part]) }
        }))
    }

    /// What `outcome`, of asking for `key`, is to its caller: an answer is kept, and in the place of one that cannot be had
    /// there may be one that was.
    ///
    /// # Errors
    /// The outcome's own.
    pub fn settle(
        &self,
        caller: &Caller,
        key: impl FnOnce() -> String,
        outcome: Result<T, Problem>,
    ) -> Result<Read<T>, Problem> {
        let fresh = |value| Read { value, age: None };
        let Some(keeping) = &self.0 else { return outcome.map(fresh) };
        let key = (Arc::clone(caller.subject()), key());
        match outcome {
            Ok(value) => {
                match value.to_keep() {
                    Some((kept, bytes)) => keeping.lock().keep(key, kept, bytes),
                    None => keeping.lock().remove(&key),
                }
                Ok(fresh(value))
            }
            Err(problem) if is_away(&problem) => keeping.find(&key).ok_or(problem),
            Err(problem) => Err(problem),
        }
    }

    /// Forgets what was kept for anybody under the keys that `is_gone` picks.
    pub fn forget(&self, is_gone: impl Fn(&str) -> bool) {
        let Some(keeping) = &self.0 else { return };
        let mut kept = keeping.lock();
        let those: Vec<Key> = kept.answers.iter().map(|(one, _)| one).filter(|one| is_gone(&one.1)).cloned().collect();
        for one in those {
            kept.remove(&one);
        }
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        if let Some(keeping) = &self.0 {
            let mut kept = keeping.lock();
            kept.answers.clear();
            kept.bytes = 0;
        }
    }
}

impl<T: Keep> Keeping<T> {
    fn find(&self, key: &Key) -> Option<Read<T>> {
        let mut kept = self.lock();
        let answered = kept.answers.get(key)?;
        let (value, age) = (answered.value.clone(), answered.at.elapsed());
        if age > self.within {
            kept.remove(key);
            return None;
        }
        self.served.inc();
        Some(Read { value, age: Some(age) })
    }
}

impl<T> Keeping<T> {
    fn lock(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Kept<T> {
    fn keep(&mut self, key: Key, value: T, bytes: usize) {
        let bytes = bytes + key.1.len() + AROUND_BYTES;
        self.remove(&key);
        if bytes > BYTES_MAX {
            return;
        }
        self.bytes += bytes;
        self.answers.put(key, Answered { value, at: Instant::now(), bytes });
        while self.bytes > BYTES_MAX
            && let Some((_, oldest)) = self.answers.pop_lru()
        {
            self.bytes -= oldest.bytes;
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some(gone) = self.answers.pop(key) {
            self.bytes -= gone.bytes;
        }
    }
}

/// Whether the service could not be asked, or did not answer.
fn is_away(problem: &Problem) -> bool {
    matches!(problem.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT | StatusCode::BAD_GATEWAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_bytes_are_kept() {
        let mut kept = Kept { answers: LruCache::unbounded(), bytes: 0 };
        let key = |n: usize| (Arc::<str>::from("groot"), n.to_string());
        for n in 0..100 {
            kept.keep(key(n), n, 1024 * 1024);
            assert!(kept.bytes <= BYTES_MAX);
        }
        assert!(kept.answers.contains(&key(99)) && !kept.answers.contains(&key(0)));
        kept.keep(key(99), 99, BYTES_MAX);
        assert!(!kept.answers.contains(&key(99)), "one that is too large by itself");
        while let Some((key, _)) = kept.answers.peek_lru().map(|(key, _)| (key.clone(), ())) {
            kept.remove(&key);
        }
        assert_eq!(kept.bytes, 0);
    }
}
