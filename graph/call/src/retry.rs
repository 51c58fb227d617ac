//! When a call that failed is made again: only what may be, a few times, and not more than a share of all calls, so that a
//! service in trouble does not get more to do than one that is well.

use std::time::Duration;

use graph_host::deadline::Deadline;
use tower::retry::budget::{Budget, TpsBudget};

use crate::CallError;

/// How often a call is made at most.
const TRIES: u32 = 3;
/// The pause before the second try; before the third it is twice that. Up to half more is left to chance, so that those
/// who failed together do not come back together.
const PAUSE: Duration = Duration::from_millis(30);
/// Of the calls of the last ten seconds, one in ten may be made again, and ten a second in any case.
const BUDGET_LASTS: Duration = Duration::from_secs(10);
const BUDGET_MIN_PER_SECOND: u32 = 10;
const BUDGET_SHARE: f32 = 0.1;

/// What making a call twice would do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Repeat {
    /// Nothing that making it once would not: it reads, or carries an idempotency key.
    Harmless,
    /// It might change something twice, so it is only made again when it never left.
    Harmful,
}

impl Repeat {
    /// Of a call that makes something, with or without an idempotency key.
    pub fn with_key(key: Option<&str>) -> Self {
        key.map_or(Self::Harmful, |_| Self::Harmless)
    }
}

/// The budget of one service.
pub(crate) struct Retries(TpsBudget);

/// The tries of one call.
pub(crate) struct Tries<'a> {
    budget: &'a TpsBudget,
    repeat: Repeat,
    made: u32,
}

impl Retries {
    pub(crate) fn new() -> Self {
        Self(TpsBudget::new(BUDGET_LASTS, BUDGET_MIN_PER_SECOND, BUDGET_SHARE))
    }

    /// A new call.
    pub(crate) fn call(&self, repeat: Repeat) -> Tries<'_> {
        self.0.deposit();
        Tries { budget: &self.0, repeat, made: 1 }
    }
}

impl Tries<'_> {
    /// Whether the call is made again after `error`, for which this waits a little, but never beyond the deadline.
    pub(crate) async fn again(&mut self, error: &CallError, deadline: Deadline) -> bool {
        let may = match error {
            CallError::Unreachable { source, .. } => source.is_connect() || self.repeat == Repeat::Harmless,
            CallError::Unavailable { .. } => self.repeat == Repeat::Harmless,
            _ => false,
        };
        let pause = (PAUSE * self.made).mul_f64(1.0 + fastrand::f64() / 2.0);
        if !may || self.made >= TRIES || pause >= deadline.left() || !self.budget.withdraw() {
            return false;
        }
        self.made += 1;
        tokio::time::sleep(pause).await;
        true
    }
}
