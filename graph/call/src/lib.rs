//! Calling a service: one GraphQL document in, the data it selected out.
//!
//! A [`Document`] is a `.graphql` file of a client, with its fragments. An [`Upstream`] is a service; it sends the document on
//! behalf of a [`Caller`](graph_host::auth::Caller) and hands back an [`Answer`], whose bytes the caller reads without copying them.
//! A [`Coalescer`] sends reads of single things together when they arrive together; [`Shared`] makes a read once for all
//! who ask for it at the same time. [`Stale`] has what was read of late, for when a service is away.

mod answer;
mod breaker;
mod coalesce;
mod error;
mod fetched;
mod meters;
mod problem;
mod retry;
mod share;
mod stale;
mod upstream;

pub use answer::{Answer, Row};
pub use breaker::Circuit;
pub use coalesce::Coalescer;
pub use error::CallError;
pub use fetched::{counted_here, counting};
pub use meters::CallMeters;
pub use retry::Repeat;
pub use share::Shared;
pub use stale::{Keep, Read, Stale};
pub use upstream::Upstream;

/// A GraphQL document with one operation, kept in a file of its own.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// The name of its operation, which is also the file's name.
    pub operation: &'static str,
    /// The text of the document.
    pub text: &'static str,
    /// What stands for the text with a service that knows it: its hash.
    pub id: &'static str,
}
