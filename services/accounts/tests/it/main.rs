//! The account service without HTTP: its graph, its store, hashing and signing.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod accounts;
mod bounds;
mod desk;
mod examples;
mod kit;
mod sdl;
mod sessions;
