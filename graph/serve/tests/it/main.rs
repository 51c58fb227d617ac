//! A graph as its clients meet it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod media;
mod playground;
mod rows;
mod serving;
