//! The graph of the account service.

mod list;
mod mutation;
mod query;
mod results;
mod types;

use crate::store::AccountStore;

/// What the playground opens with.
pub const EXAMPLES: &str = include_str!("examples.graphql");

graph_serve::graph! {
    AccountStore, query::Query, mutation::Mutation;
    entity Account(types::Account) by "id": async_graphql::ID = query::by_id;
    list::AccountConnection: "A page of accounts, and where it stands in the list.";
}
