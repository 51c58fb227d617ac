//! The graph of the payment service: for admins.

mod list;
mod mutation;
mod query;
mod types;

use crate::store::PaymentStore;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

graph_serve::graph! {
    PaymentStore, query::Query, mutation::Mutation;
    entity Payment(types::Payment) by "orderId": i32 = query::by_order;
    list::LedgerConnection: "A page of the ledger, and where it stands in the list.";
}
