//! What this service does with what it hears.

use events::{Emitted, Envelope, Handlers, Handling};
use serde::Deserialize;
use store::Connection;

use crate::store::blank_author;

/// What is done with each event.
pub fn handlers() -> Handlers {
    Handlers::default().on("AccountRemoved", account_removed)
}

/// What is read of an account that was removed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountRemoved {
    account_id: String,
}

/// The reviews stay, for others rely on them, but nobody can tell whose they were.
fn account_removed<'a>(event: &'a Envelope, connection: Connection<'a>, _: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let removed: AccountRemoved = event.data()?;
        blank_author(connection, &removed.account_id).await
    })
}
