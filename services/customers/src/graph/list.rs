//! The list of customers as a Relay connection.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Object, Result};
use graph_serve::paging::Page;

use super::types::Customer;
use crate::store::{Columns, CustomerRow, CustomerStore, Range};

/// A page of customers.
pub type CustomerConnection = Connection<String, Customer, Counted, EmptyFields>;

/// What a page knows about the whole list.
pub struct Counted;

/// What a page knows about the whole list.
#[Object]
impl Counted {
    /// How many customers there are on all pages together. It is counted only when asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64> {
        Ok(context.data::<CustomerStore>()?.count().await?)
    }
}

/// Reads one page.
pub(super) async fn page(store: &CustomerStore, page: Page, columns: Columns) -> Result<CustomerConnection> {
    let (after, before) = page.places(|text| text.parse().ok())?;
    let range = Range { after, before, backward: page.backward, rows: page.rows_to_read() };
    let rows = store.list(range, columns).await?;
    Ok(page.connection(rows, CustomerRow::bytes, Counted, |row| Some(row.id?.to_string())))
}
