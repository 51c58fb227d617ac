//! The graph of the customer service.

mod list;
mod mutation;
mod query;
mod results;
mod types;

use async_graphql::{EmptySubscription, SchemaBuilder};

use crate::store::CustomerStore;

/// The schema of the customer service, not yet finished.
pub type CustomerSchema = SchemaBuilder<query::Query, mutation::Mutation, EmptySubscription>;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

/// The schema over `store`.
pub fn schema(store: CustomerStore) -> CustomerSchema {
    builder().data(store)
}

/// The schema definition language of the graph, as it is committed under `graph/sdl`.
pub fn sdl() -> String {
    builder().finish().sdl()
}

fn builder() -> CustomerSchema {
    graph_serve::builder(query::Query, mutation::Mutation).override_output_type_description::<list::CustomerConnection>(
        "A page of customers, and where it stands in the list.",
    )
}
