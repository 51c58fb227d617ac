//! What a request may cost (50 ms of CPU, 32 MiB of memory), held against both services over real stores.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod documents;
mod families;
mod fuzz;
mod hostile;
mod meter;
#[path = "../it/process.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod process;
mod second_client;
mod services;
