//! The book service: the only part that touches the books' tables, and the graph that others see.
//!
//! [`book`] says what a book is, [`words`] what it is found by, [`store`] keeps books, and [`graph`] is the schema over it.

pub mod book;
mod events;
pub mod graph;
pub mod store;
pub mod words;

use axum::Router;
use graph_serve::Unfit;
use service_host::{Service, Setup};

use crate::store::{BookStore, MIGRATIONS, tell_all};

/// The book service.
pub const SERVICE: Service = Service {
    name: "books",
    part: "book-service",
    port: 3001,
    migrations: MIGRATIONS,
    routes,
    settings: &[],
    hears: |_| events::handlers(),
    tools: &[],
};

/// `/graphql`.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph.
pub fn routes(mut setup: Setup) -> Result<Router, Unfit> {
    setup.graph.limits.long_texts = graph::LONG_TEXTS;
    let store = BookStore::new(setup.db, setup.outbox);
    let untold = store.clone();
    setup.work.add(|stop| tell_all(untold, stop));
    let schema = graph::schema(store);
    graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)
}
