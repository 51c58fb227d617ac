//! The review service: the only part that touches the reviews' tables, and the graph that others see.
//!
//! [`review`] says what a review is, [`store`] keeps reviews, and [`graph`] is the schema over it.

mod events;
pub mod graph;
pub mod review;
pub mod store;

use axum::Router;
use graph_serve::Unfit;
use service_host::{Service, Setup};

use crate::store::{MIGRATIONS, ReviewStore};

/// The review service.
pub const SERVICE: Service = Service {
    name: "reviews",
    part: "review-service",
    port: 3008,
    migrations: MIGRATIONS.with(&::events::MIGRATIONS),
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
    let schema = graph::schema(ReviewStore::new(setup.db));
    graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)
}
