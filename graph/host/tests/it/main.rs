//! What every part does with its requests.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod app;
mod compress;
mod keys;
mod serving;
