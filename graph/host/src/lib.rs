//! What every process of the bookstore needs to be one.
//!
//! [`settings`] reads flags and environment variables, [`tokens`] checks who is asking, [`app`] wraps a
//! router in the layers that every part has, [`body`] takes JSON in, [`serving`] listens and stops, [`problem`] is the shape of
//! every error answer, [`logs`] writes one line a request, and [`metrics`] counts them.

pub mod accept;
pub mod address;
pub mod app;
pub mod auth;
pub mod body;
mod code;
mod compress;
mod connection;
pub mod cors;
pub mod deadline;
pub mod exit;
mod fallback;
mod fault;
pub mod files;
pub mod health;
pub mod idempotency_key;
pub mod identity;
pub mod load;
pub mod logs;
mod manners;
pub mod metrics;
mod mistakes;
pub mod observe;
pub mod probe;
pub mod problem;
mod queue;
pub mod rates;
pub mod rights;
mod secret_files;
pub mod serving;
pub mod settings;
mod silence;
mod steady;
pub mod tokens;
pub mod trace;

/// The allocator of every process: a fifth of the time of a busy one went into the C library's. Each `main.rs`
/// takes it, so that a test may count what is allocated.
pub use mimalloc::MiMalloc as Allocator;
