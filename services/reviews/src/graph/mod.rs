//! The graph of the review service.

mod list;
mod mutation;
mod query;
mod results;
mod types;

use crate::store::ReviewStore;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

/// The fields that may have more than 1,000 bytes, and about how many thousands.
pub const LONG_TEXTS: &[(&str, u64)] = &[("text", 20)];

graph_serve::graph! {
    ReviewStore, query::Query, mutation::Mutation;
    entity Book(types::Book) by "isbn": String = query::books;
    list::ReviewConnection: "A page of reviews, and where it stands in the list.";
}
