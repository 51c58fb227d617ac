//! The time, as tokens have it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How far another machine's clock may be off, in seconds.
pub(super) const LEEWAY_SECONDS: u32 = 10;

/// The time since 1970.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
