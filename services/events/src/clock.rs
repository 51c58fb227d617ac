//! Times as the tables have them.

pub(crate) use store::{ms, now_ms};
