//! Reading payments and the ledger.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::paging::{Page, check_keys, page_size};

use super::list::{self, LedgerConnection};
use super::types::{Payment, order_id};
use crate::store::PaymentStore;

/// Reading payments and the ledger.
pub struct Query;

/// Reading payments and the ledger.
#[Object]
impl Query {
    /// The payment of this order; null when there is none.
    async fn payment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order.", directive = Constraint::apply(order_id()))] order_id: i32,
    ) -> Result<Option<Payment>> {
        Ok(by_order(context, &[order_id]).await?.into_iter().next().flatten())
    }

    /// The payments of these orders, in the order asked for, null for each that is not there. By one statement.
    async fn payments_by_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 numbers of orders.", directive = Constraint::apply(order_id()))] order_ids: Vec<
            i32,
        >,
    ) -> Result<Vec<Option<Payment>>> {
        check_keys("orderIds", &order_ids)?;
        by_order(context, &order_ids).await
    }

    /// The ledger in double entry, the first entries first, page by page. Nothing in it is ever changed.
    #[allow(clippy::too_many_arguments, reason = "a connection has as many")]
    async fn ledger(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first so many entries; 50 when neither first nor last is given.", directive = Constraint::apply(page_size()))]
        first: Option<i32>,
        #[graphql(desc = "Only entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many entries.", directive = Constraint::apply(page_size()))] last: Option<i32>,
        #[graphql(desc = "Only entries before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only entries of this day or time (RFC 3339) or later.", directive = Constraint::apply(Bounds::up_to(35)))]
        from: Option<String>,
        #[graphql(desc = "Only entries before this day or time (RFC 3339).", directive = Constraint::apply(Bounds::up_to(35)))]
        to: Option<String>,
    ) -> Result<LedgerConnection> {
        list::page(context, Page::try_new(first, after, last, before)?, from, to).await
    }
}

/// The payments of these orders, in this order, by one statement.
pub(super) async fn by_order(context: &Context<'_>, orders: &[i32]) -> Result<Vec<Option<Payment>>> {
    let rows = context.data::<PaymentStore>()?.find(orders.iter().map(|id| i64::from(*id)).collect()).await?;
    let found = rows.into_iter().map(|row| Ok((row.order_id, Payment::try_from(row)?)));
    let found = found.collect::<Result<HashMap<_, _>>>()?;
    Ok(orders.iter().map(|id| found.get(&i64::from(*id)).cloned()).collect())
}
