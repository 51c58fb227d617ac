//! The delivery service without HTTP: its graph and its store.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod examples;
mod sdl;
