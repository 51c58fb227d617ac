//! Making all rows anew of the history.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, now_ms, read, retried};

use super::OrderStore;
use super::row::Row;
use super::schema::{order_history as history, orders};
use crate::history::{Entry, Order};

/// How many orders are read at once.
const AT_ONCE: i64 = 200;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rebuilt {
    /// How many orders there are.
    pub orders: u64,
    /// How many of their rows were not what their history makes of them, or missing; they are now.
    pub differed: u64,
    /// How many histories make no order.
    pub unsound: u64,
}

impl OrderStore {
    /// Makes the row of each order anew of its history, while others go on.
    ///
    /// # Errors
    /// [`StoreError`]; the rows that were made stay.
    pub async fn rebuild(&self) -> Result<Rebuilt, StoreError> {
        let (mut rebuilt, mut behind) = (Rebuilt::default(), 0_i64);
        loop {
            let first = history::table.filter(history::n.eq(1).and(history::order_id.gt(behind)));
            let first = first.order(history::order_id).limit(AT_ONCE).select(history::order_id);
            let ids = read!(&self.db, |connection| first.load::<i64>(connection).await).await?;
            let Some(last) = ids.last() else { return Ok(rebuilt) };
            behind = *last;
            for order_id in ids {
                rebuilt.orders += 1;
                match self.rebuild_one(order_id).await? {
                    Some(true) => rebuilt.differed += 1,
                    Some(false) => {}
                    None => {
                        tracing::error!(order_id, "the history of an order makes none");
                        rebuilt.unsound += 1;
                    }
                }
            }
        }
    }

    /// Makes the row of one order anew; says whether it differed, and nothing when its history makes no order.
    async fn rebuild_one(&self, order_id: i64) -> Result<Option<bool>, StoreError> {
        let row = orders::table.filter(orders::order_id.eq(order_id));
        let done = retried!(&self.db, |connection| {
            // Who changes an order changes its row first: nothing is added to its history until the end of this.
            let touched = orders::order_id.eq(order_id);
            diesel::update(row).set(touched).execute(&mut *connection).await?;
            let found = row.select(Row::as_select()).first::<Row>(&mut *connection).await.optional()?;
            let entries = history::table.filter(history::order_id.eq(order_id)).order(history::n);
            let entries = entries.select((history::at, history::data)).load::<(i64, String)>(&mut *connection).await?;
            let read = |(at, data): (i64, String)| Some((at, serde_json::from_str::<Entry>(&data).ok()?));
            let entries: Option<Vec<_>> = entries.into_iter().map(read).collect();
            let Some(order) = entries.and_then(|entries| Order::of(order_id, entries)) else { return Ok(None) };
            let made = Row::of(&order)?;
            let differs = found.as_ref() != Some(&made);
            if differs {
                // Somebody looks after it at once, if it is to go on.
                let due_at = orders::due_at.eq(order.status.step().map(|_| now_ms()));
                match found.is_some() {
                    true => diesel::update(row).set((made, due_at)).execute(connection).await?,
                    false => diesel::insert_into(orders::table).values((made, due_at)).execute(connection).await?,
                };
            }
            Ok::<_, diesel::result::Error>(Some(differs))
        });
        done.await
    }
}
