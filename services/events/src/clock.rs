//! Times as the tables have them.

use std::time::Duration;

pub(crate) use store::now_ms;

/// A duration in milliseconds.
pub(crate) fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
