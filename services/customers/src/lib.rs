//! The customer service: the only part that touches the customers' tables, and the graph that others see.
//!
//! [`customer`] says what a customer is, [`store`] keeps customers, and [`graph`] is the schema over it.

pub mod customer;
pub mod graph;
mod states;
pub mod store;

use axum::Router;
use events::Handlers;
use graph_serve::Unfit;
use service_host::{Service, Setup};

use crate::store::{CustomerStore, MIGRATIONS};

/// The customer service.
pub const SERVICE: Service = Service {
    name: "customers",
    part: "customer-service",
    port: 3002,
    migrations: MIGRATIONS,
    routes,
    settings: &[],
    hears: |_| Handlers::default(),
    tools: &[],
};

/// `/graphql`.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph.
pub fn routes(setup: Setup) -> Result<Router, Unfit> {
    let schema = graph::schema(CustomerStore::new(setup.db));
    graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)
}
