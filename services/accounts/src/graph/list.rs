//! The list of accounts as a Relay connection.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Object, Result};
use graph_serve::paging::Page;

use super::query::{Wanted, shown};
use super::types::Account;
use crate::store::{AccountRow, AccountStore, Range};

/// A page of accounts.
pub type AccountConnection = Connection<String, Account, Counted, EmptyFields>;

/// What a page knows about the whole list.
pub struct Counted;

/// What a page knows about the whole list.
#[Object]
impl Counted {
    /// How many accounts there are on all pages together. It is counted only when asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64> {
        Ok(context.data::<AccountStore>()?.count().await?)
    }
}

/// Reads one page.
pub(super) async fn page(context: &Context<'_>, page: Page, wanted: Wanted) -> Result<AccountConnection> {
    let (after, before) = page.places(|text| Some(text.to_owned()))?;
    let range = Range { after, before, backward: page.backward, rows: page.rows_to_read() };
    let store = context.data::<AccountStore>()?;
    let rows = shown(store, store.list(range, wanted.columns).await?, wanted).await?;
    Ok(page.connection(rows, |one| AccountRow::bytes(&one.row), Counted, |one| one.row.id.clone()))
}
