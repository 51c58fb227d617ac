//! A circuit breaker: a service that does not answer is left alone for a while, and its callers are told at once.
//!
//! Closed, all calls pass, and what became of them is counted. When half of the recent ones failed, and enough of them,
//! it opens: no call passes for a while. Then it is half open: one call passes as a probe. When that is answered the
//! breaker closes; when it fails, or its caller leaves, the breaker is open again, for twice as long.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many calls must have failed before the breaker opens.
const FAILURES_MIN: u32 = 10;
/// How long what became of a call counts: for one to two of these.
const SLOT: Duration = Duration::from_secs(5);
/// How long it stays open the first time, and at most.
const OPEN_FIRST: Duration = Duration::from_millis(250);
const OPEN_MAX: Duration = Duration::from_secs(2);

/// The breaker of one service.
#[derive(Debug)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug)]
enum State {
    Closed {
        recent: Count,
        before: Count,
        since: Instant,
    },
    Open {
        until: Instant,
        pause: Duration,
    },
    /// A probe is on its way; when it fails, the next pause is this.
    HalfOpen {
        pause: Duration,
    },
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    failed: u32,
    answered: u32,
}

/// How a breaker is, and the number by which it is in the metrics.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Circuit {
    /// All calls pass.
    Closed = 0,
    /// One call passes, to see whether the service is back.
    HalfOpen = 1,
    /// No call passes.
    Open = 2,
}

/// A call that may be made. What became of it is noted by [`Pass::end`]; a call that is dropped says nothing of its
/// service, unless it was the probe.
pub(crate) struct Pass<'a> {
    breaker: &'a Breaker,
    probe: bool,
    ended: bool,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State::closed(Instant::now())))
    }

    /// Lets a call pass; nothing when it may not.
    pub(crate) fn pass(&self) -> Option<Pass<'_>> {
        let mut state = self.lock();
        let probe = match *state {
            State::Closed { .. } => false,
            State::Open { until, pause } if Instant::now() >= until => {
                *state = State::HalfOpen { pause };
                true
            }
            State::Open { .. } | State::HalfOpen { .. } => return None,
        };
        Some(Pass { breaker: self, probe, ended: false })
    }

    /// How it is at the moment.
    pub(crate) fn circuit(&self) -> Circuit {
        match *self.lock() {
            State::Closed { .. } => Circuit::Closed,
            State::Open { .. } => Circuit::Open,
            State::HalfOpen { .. } => Circuit::HalfOpen,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn closed(since: Instant) -> Self {
        Self::Closed { recent: Count::default(), before: Count::default(), since }
    }

    fn open(pause: Duration) -> Self {
        Self::Open { until: Instant::now() + pause, pause: (pause * 2).min(OPEN_MAX) }
    }
}

impl Pass<'_> {
    /// Notes whether the service answered.
    pub(crate) fn end(mut self, answered: bool) {
        self.ended = true;
        let now = Instant::now();
        let mut state = self.breaker.lock();
        match &mut *state {
            State::Closed { recent, before, since } => {
                if now.duration_since(*since) >= SLOT {
                    let old = now.duration_since(*since) >= SLOT * 2;
                    (*before, *recent, *since) = (if old { Count::default() } else { *recent }, Count::default(), now);
                }
                if answered {
                    recent.answered += 1;
                } else {
                    recent.failed += 1;
                }
                let (failed, good) = (recent.failed + before.failed, recent.answered + before.answered);
                if !answered && failed >= FAILURES_MIN && failed >= good {
                    *state = State::open(OPEN_FIRST);
                }
            }
            State::HalfOpen { pause } if self.probe => {
                *state = if answered { State::closed(now) } else { State::open(*pause) };
            }
            // A call from before it opened comes back late.
            State::Open { .. } | State::HalfOpen { .. } => {}
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe && !self.ended {
            let mut state = self.breaker.lock();
            if let State::HalfOpen { pause } = *state {
                // Nobody knows how the service is; the next call finds out.
                *state = State::Open { until: Instant::now(), pause };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.pass().unwrap().end(false);
        }
    }

    #[test]
    fn it_opens_when_half_of_the_calls_fail_and_enough_of_them() {
        let breaker = Breaker::new();
        for _ in 0..20 {
            breaker.pass().unwrap().end(true);
        }
        fail(&breaker, 19);
        assert_eq!(breaker.circuit(), Circuit::Closed);
        fail(&breaker, 1);
        assert_eq!(breaker.circuit(), Circuit::Open);
        assert!(breaker.pass().is_none());
    }

    #[test]
    fn one_probe_decides() {
        let breaker = Breaker::new();
        fail(&breaker, FAILURES_MIN);
        std::thread::sleep(OPEN_FIRST);
        let probe = breaker.pass().unwrap();
        assert_eq!(breaker.circuit(), Circuit::HalfOpen);
        assert!(breaker.pass().is_none(), "a second probe");
        probe.end(false);
        assert!(breaker.pass().is_none());
        std::thread::sleep(OPEN_FIRST * 2);
        breaker.pass().unwrap().end(true);
        assert_eq!(breaker.circuit(), Circuit::Closed);
        fail(&breaker, FAILURES_MIN - 1);
        assert!(breaker.pass().is_some(), "what failed before is forgotten");
    }

    #[test]
    fn a_probe_whose_caller_left_makes_room_for_another() {
        let breaker = Breaker::new();
        fail(&breaker, FAILURES_MIN);
        std::thread::sleep(OPEN_FIRST);
        drop(breaker.pass().unwrap());
        breaker.pass().unwrap().end(true);
        assert_eq!(breaker.circuit(), Circuit::Closed);
    }

    #[test]
    fn calls_from_before_it_opened_change_nothing() {
        let breaker = Breaker::new();
        let late = breaker.pass().unwrap();
        fail(&breaker, FAILURES_MIN);
        late.end(true);
        assert_eq!(breaker.circuit(), Circuit::Open);
    }
}
