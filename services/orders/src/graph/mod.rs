//! The graph of the order service.

mod list;
mod mutation;
mod query;
mod results;
mod types;

use crate::store::OrderStore;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

graph_serve::graph! {
    OrderStore, query::Query, mutation::Mutation;
    entity Order(types::Order) by "orderId": i32 = query::by_id;
    list::OrderConnection: "A page of orders, and where it stands in the list.";
}
