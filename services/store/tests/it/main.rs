//! What the stores of the services share.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod connections;
mod migrations;
mod replicas;
mod tls;
