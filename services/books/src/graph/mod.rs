//! The graph of the book service.

mod list;
mod mutation;
mod query;
mod results;
mod types;

use async_graphql::{EmptySubscription, SchemaBuilder};

use crate::store::BookStore;

/// The schema of the book service, not yet finished.
pub type BookSchema = SchemaBuilder<query::Query, mutation::Mutation, EmptySubscription>;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

/// The schema over `store`.
pub fn schema(store: BookStore) -> BookSchema {
    builder().data(store)
}

/// The schema definition language of the graph, as it is committed under `graph/sdl`.
pub fn sdl() -> String {
    builder().finish().sdl()
}

fn builder() -> BookSchema {
    graph_serve::builder(query::Query, mutation::Mutation)
        .override_output_type_description::<list::BookConnection>("A page of books, and where it stands in the list.")
}
