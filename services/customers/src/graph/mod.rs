//! The graph of the customer service.

mod bounds;
mod list;
mod mutation;
mod query;
mod results;
mod types;

use crate::store::CustomerStore;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

graph_serve::graph! {
    CustomerStore, query::Query, mutation::Mutation;
    entity Customer(types::Customer) by "id": async_graphql::ID = query::by_id;
    list::CustomerConnection: "A page of customers, and where it stands in the list.";
}
