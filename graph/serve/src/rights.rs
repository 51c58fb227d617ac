//! Whose things a resolver may find or change: the table of rights, for the fields at the root of a graph.

use std::sync::Arc;

use async_graphql::{Context, Result};
use graph_host::auth::Caller;
use graph_host::rights::{Rights, Whose};

use crate::errors::Code;

/// Whose things the caller may have to do with by the field at hand, which is one at the root.
///
/// # Errors
/// `NOT_ALLOWED`, when it is not for the caller.
pub fn whose(context: &Context<'_>) -> Result<Whose> {
    let (rights, caller) = (context.data::<Arc<Rights>>()?, context.data::<Caller>()?);
    let name = context.field().name();
    let found = ["Query", "Mutation"].into_iter().find_map(|root| rights.to(&format!("{root}.{name}")).whose(caller));
    found.ok_or_else(|| Code::NotAllowed.error(format!("{name} is not for you: your role does not allow it.")))
}
