//! The graph of the book service.

mod bounds;
mod list;
mod mutation;
mod query;
mod results;
mod types;

use crate::store::BookStore;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

/// The fields that may have more than 1,000 bytes, and about how many thousands.
pub const LONG_TEXTS: &[(&str, u64)] = &[("description", 18), ("title", 2), ("author", 2)];

graph_serve::graph! {
    BookStore, query::Query, mutation::Mutation;
    entity Book(types::Book) by "isbn": String = query::by_isbn;
    list::BookConnection: "A page of books, and where it stands in the list.";
}
