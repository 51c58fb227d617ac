//! The mobile BFF without its services: its documents and what it says of itself.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod documents;
mod openapi;
