//! The graph of the book service.

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
use crate::store::BookStore;

/// The schema of the book service, not yet finished.
pub type BookSchema = SchemaBuilder<Subgraph<query::Query, Federation>, mutation::Mutation, EmptySubscription>;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

/// The fields that may have more than 1,000 bytes, and about how many thousands.
pub const LONG_TEXTS: &[(&str, u64)] = &[("description", 18), ("title", 2), ("author", 2)];

/// The schema over `store`.
pub fn schema(store: BookStore) -> BookSchema {
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
    graph_serve::builder(query, mutation::Mutation)
        .override_output_type_description::<list::BookConnection>("A page of books, and where it stands in the list.")
}
