//! The graph of the customer service.

mod bounds;
mod federation;
mod list;
mod mutation;
mod query;
mod results;
mod types;

use async_graphql::{EmptySubscription, ObjectType, SchemaBuilder};
use graph_serve::federation::{Keyed, Service, Subgraph};

use self::federation::Federation;
use crate::store::CustomerStore;

/// The schema of the customer service, not yet finished.
pub type CustomerSchema = SchemaBuilder<Subgraph<query::Query, Federation>, mutation::Mutation, EmptySubscription>;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

/// The schema over `store`.
pub fn schema(store: CustomerStore) -> CustomerSchema {
    builder(Subgraph(query::Query, Federation::new(subgraph()))).data(store)
}

/// The schema definition language of the graph, as it is committed under `graph/sdl`: without the
/// fields for federation, which are no business of the clients.
pub fn sdl() -> String {
    builder(query::Query).finish().sdl()
}

/// The graph as composers of supergraphs read it.
pub fn subgraph() -> Service {
    Service::new(builder(Keyed(query::Query)))
}

fn builder<Q: ObjectType + 'static>(query: Q) -> SchemaBuilder<Q, mutation::Mutation, EmptySubscription> {
    graph_serve::builder(query, mutation::Mutation).override_output_type_description::<list::CustomerConnection>(
        "A page of customers, and where it stands in the list.",
    )
}
