//! Reading orders: everybody their own, admins all.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object, Result};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::paging::{Page, check_keys, page_size};
use graph_serve::rights::whose;
use graph_serve::select::Selected;

use super::list::{self, OrderConnection};
use super::types::{Order, OrderChange, order_id, order_key};
use crate::store::{Columns, OrderRow, OrderStore};

/// Reading orders.
pub struct Query;

/// Reading orders.
#[Object]
impl Query {
    /// The order with this number; null when there is none, or it is another person's.
    async fn get_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order.", directive = Constraint::apply(order_id()))] id: i32,
    ) -> Result<Option<Order>> {
        Ok(by_id(context, &[id]).await?.into_iter().next().flatten())
    }

    /// The orders with these numbers, in the order asked for, null for each that is not there, or is another person's. By one
    /// statement.
    async fn orders_by_id(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 numbers.", directive = Constraint::apply(order_key()))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Order>>> {
        check_keys("ids", &ids)?;
        // No order has what is no number.
        by_id(context, &ids.iter().map(|id| id.parse().unwrap_or_default()).collect::<Vec<_>>()).await
    }

    /// Orders, the newest first, page by page. Pages are told apart by the last order of the page before, so orders that come
    /// meanwhile are neither skipped nor repeated.
    async fn orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first so many orders; 50 when neither first nor last is given.", directive = Constraint::apply(page_size()))]
        first: Option<i32>,
        #[graphql(desc = "Only orders after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many orders.", directive = Constraint::apply(page_size()))] last: Option<i32>,
        #[graphql(desc = "Only orders before this cursor.")] before: Option<String>,
    ) -> Result<OrderConnection> {
        list::page(context, Page::try_new(first, after, last, before)?).await
    }

    /// The orders of a test, the newest first, up to 1,000.
    async fn get_all_test_orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the test.", directive = Constraint::apply(Bounds::from(1)))] test_id: i32,
    ) -> Result<Vec<Order>> {
        let (store, whose) = (context.data::<OrderStore>()?, whose(context)?);
        let wanted = Wanted::of(&Selected::on_object(context));
        shown(store, store.of_test(test_id.into(), whose.owner(), wanted.columns).await?, wanted).await
    }
}

/// What is asked for of orders.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) columns: Columns,
    history: bool,
}

impl Wanted {
    pub(super) fn of(selected: &Selected<'_>) -> Self {
        let mut columns = Columns::behind(|field| selected.has(field));
        columns.products |= selected.has("orderedProducts");
        Self { columns, history: selected.has("history") }
    }
}

/// The orders of these rows, with their histories if these are asked for, by one statement for all.
pub(super) async fn shown(store: &OrderStore, rows: Vec<OrderRow>, wanted: Wanted) -> Result<Vec<Order>> {
    let ids = rows.iter().filter_map(|row| row.order_id).filter(|_| wanted.history).collect();
    let mut histories: HashMap<i64, Vec<OrderChange>> = HashMap::new();
    for entry in store.histories(ids).await? {
        histories.entry(entry.order_id).or_default().push(entry.try_into()?);
    }
    let mut of = |row: &OrderRow| Some(histories.remove(&row.order_id?).unwrap_or_default());
    Ok(rows.into_iter().map(|row| Order { history: of(&row).filter(|_| wanted.history), row }).collect())
}

/// The orders with these numbers, in this order, by one statement.
pub(super) async fn by_id(context: &Context<'_>, ids: &[i32]) -> Result<Vec<Option<Order>>> {
    let (store, whose) = (context.data::<OrderStore>()?, whose(context)?);
    let wanted = Wanted::of(&Selected::on_object(context));
    let rows = store.find(ids.iter().map(|id| i64::from(*id)).collect(), whose.owner(), wanted.columns).await?;
    let found = shown(store, rows, wanted).await?;
    let found: HashMap<_, _> = found.into_iter().filter_map(|one| Some((one.row.order_id?, one))).collect();
    Ok(ids.iter().map(|id| found.get(&i64::from(*id)).cloned()).collect())
}
