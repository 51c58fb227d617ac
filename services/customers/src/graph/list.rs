//! The list of customers as a Relay connection.

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, Object, Result};
use graph_serve::paging::{Page, foreign_cursor};

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
    let place = |name: &str, cursor: &Option<String>| {
        let decode = |text: &String| text.parse::<i64>().map_err(|_| foreign_cursor(name));
        cursor.as_ref().map(decode).transpose()
    };
    let range = Range {
        after: place("after", &page.after)?,
        before: place("before", &page.before)?,
        backward: page.backward,
        rows: page.rows_to_read(),
    };
    let mut rows = store.list(range, columns).await?;
    let (previous, next) = page.settle(&mut rows, CustomerRow::bytes);
    let mut connection = Connection::with_additional_fields(previous, next, Counted);
    connection.edges.extend(rows.into_iter().filter_map(|row| {
        let cursor = row.id?.to_string();
        Some(Edge::new(cursor, Customer::from(row)))
    }));
    Ok(connection)
}
