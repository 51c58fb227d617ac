//! Events between two services, over both kinds of database and both transports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod broker;
mod failures;
mod kit;
mod travel;
