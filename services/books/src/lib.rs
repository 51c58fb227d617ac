//! The book service: the only part that touches the books' tables, and the graph that others see.
//!
//! [`book`] says what a book is, [`words`] what it is found by, [`store`] keeps books, and [`graph`] is the schema over it.

pub mod book;
pub mod graph;
pub mod store;
pub mod words;

use axum::Router;
use events::Handlers;
use graph_serve::Unfit;
use service_host::{Service, Setup};

use crate::store::{BookStore, MIGRATIONS};

/// The book service.
pub const SERVICE: Service = Service {
    name: "books",
    part: "book-service",
    port: 3001,
    migrations: MIGRATIONS,
    routes,
    hears: Handlers::default,
    tools: &[],
};

/// `/graphql`.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph.
pub fn routes(mut setup: Setup) -> Result<Router, Unfit> {
    setup.graph.limits.long_texts = graph::LONG_TEXTS;
    let schema = graph::schema(BookStore::new(setup.db));
    graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)
}
