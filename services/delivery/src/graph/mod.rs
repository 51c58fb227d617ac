//! The graph of the delivery service.

mod mutation;
mod query;
mod types;

use crate::store::DeliveryStore;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

graph_serve::graph! {
    DeliveryStore, query::Query, mutation::Mutation;
    entity Delivery(types::Delivery) by "orderId": i32 = query::by_order;
}
