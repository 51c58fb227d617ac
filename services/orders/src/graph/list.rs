//! The list of orders as a Relay connection.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Object, Result};
use graph_serve::paging::Page;
use graph_serve::rights::whose;
use graph_serve::select::Selected;

use super::query::{Wanted, shown};
use super::types::Order;
use crate::store::{OrderStore, Range};

/// A page of orders.
pub type OrderConnection = Connection<String, Order, Counted, EmptyFields>;

/// What a page knows about the whole list.
pub struct Counted {
    /// Whose orders they are, when not all.
    owner: Option<String>,
}

/// What a page knows about the whole list.
#[Object]
impl Counted {
    /// How many orders there are on all pages together. It is counted only when asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64> {
        Ok(context.data::<OrderStore>()?.count(self.owner.as_deref()).await?)
    }
}

/// Reads one page.
pub(super) async fn page(context: &Context<'_>, page: Page) -> Result<OrderConnection> {
    let (store, whose) = (context.data::<OrderStore>()?, whose(context)?);
    let wanted = Wanted::of(&Selected::on_connection(context));
    let (after, before) = page.places(number)?;
    let range = Range { after, before, backward: page.backward, rows: page.rows_to_read() };
    let rows = store.list(range, whose.owner(), wanted.columns).await?;
    let counted = Counted { owner: whose.owner().map(str::to_owned) };
    let orders = shown(store, rows, wanted).await?;
    Ok(page.connection(orders, Order::bytes, counted, |one| one.row.n.map(|n| n.to_string())))
}

/// The number that a cursor is: written as it was given.
fn number(cursor: &str) -> Option<i64> {
    cursor.parse::<i64>().ok().filter(|number| number.to_string() == cursor)
}
