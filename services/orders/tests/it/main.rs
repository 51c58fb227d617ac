//! The order service without HTTP: its graph and its store.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bounds;
mod examples;
mod sdl;
