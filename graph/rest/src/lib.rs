//! REST over the graph, as BFFs speak it.
//!
//! A BFF is data: a [`Client`] with its paths, its documents and what differs for it. Rows, bodies, parameters and the
//! OpenAPI document follow from the documents and the graphs, once at the start ([`Unfit`] says what does not fit
//! together); so a field that is in none of the documents can be in none of the answers.

mod access;
mod answers;
mod api;
mod body;
mod client;
mod client_type;
mod conditions;
mod derive;
mod docs;
mod door;
mod etag;
mod field;
mod handlers;
mod idempotency;
mod json;
mod kept;
mod openapi;
mod operation;
mod outcome;
mod page;
mod path;
mod process;
mod query;
mod scales;
mod upstreams;
mod view;

pub use access::{Access, AccessArgs};
pub use api::{app, openapi};
pub use client::{Ask, Change, Client, Instead, Route, Source};
pub use client_type::{client_type, unknown_client};
pub use graph_call::Document;
pub use operation::Unfit;
pub use upstreams::Upstreams;
