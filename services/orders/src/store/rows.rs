//! Orders: look up, list, and their history.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, read};

use super::OrderStore;
use super::columns::{Columns, OrderRow};
use super::schema::{order_history as history, orders};

/// What tells the statement of histories from others of the same shape.
const HISTORY: u64 = u64::MAX;
/// How many orders of a test are shown at most.
const TEST_ORDERS_MAX: i64 = 1000;

/// One page of the list: the newest first.
#[derive(Clone, Debug)]
pub struct Range {
    /// Begin after this place.
    pub after: Option<i64>,
    /// End before this place.
    pub before: Option<i64>,
    /// Read from the end of the page, towards its beginning.
    pub backward: bool,
    /// Read at most so many rows.
    pub rows: i64,
}

/// An entry of the history of an order, without what it says beyond that.
#[derive(Clone, Debug, Queryable)]
pub struct HistoryRow {
    /// The order.
    pub order_id: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What.
    pub entry: String,
    /// How far the order was then.
    pub status: String,
    /// How far its payment was then.
    pub payment_status: String,
}

impl OrderStore {
    /// The orders with these numbers, in no particular order, by one statement; of them only those of `owner`, if one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(
        &self,
        ids: Vec<i64>,
        owner: Option<&str>,
        columns: Columns,
    ) -> Result<Vec<OrderRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let columns = Columns { order_id: true, ..columns };
        let what = columns.bits() << 1 | u64::from(owner.is_some());
        let wanted = self.shapes.any_of(orders::order_id, ids, what);
        let found = orders::table.filter(wanted).select(columns.list());
        match owner {
            None => read!(&self.db, |connection| found.clone().load::<OrderRow>(connection).await).await,
            Some(owner) => {
                let found = found.filter(orders::account.eq(owner));
                read!(&self.db, |connection| found.clone().load::<OrderRow>(connection).await).await
            }
        }
    }

    /// One page of the list, in the direction of reading, by one statement; only the orders of `owner`, if one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, range: Range, owner: Option<&str>, columns: Columns) -> Result<Vec<OrderRow>, StoreError> {
        let columns = Columns { n: true, order_id: true, ..columns };
        read!(&self.db, |connection| {
            let mut query = orders::table.select(columns.list()).limit(range.rows).into_boxed();
            if let Some(owner) = owner {
                query = query.filter(orders::account.eq(owner));
            }
            if let Some(after) = range.after {
                query = query.filter(orders::n.lt(after));
            }
            if let Some(before) = range.before {
                query = query.filter(orders::n.gt(before));
            }
            query = match range.backward {
                false => query.order(orders::n.desc()),
                true => query.order(orders::n.asc()),
            };
            query.load::<OrderRow>(connection).await
        })
        .await
    }

    /// The newest orders of a test, up to 1,000; only those of `owner`, if one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_test(
        &self,
        test_id: i64,
        owner: Option<&str>,
        columns: Columns,
    ) -> Result<Vec<OrderRow>, StoreError> {
        let columns = Columns { order_id: true, ..columns };
        read!(&self.db, |connection| {
            let query = orders::table.filter(orders::test_id.eq(test_id)).order(orders::n.desc());
            let mut query = query.select(columns.list()).limit(TEST_ORDERS_MAX).into_boxed();
            if let Some(owner) = owner {
                query = query.filter(orders::account.eq(owner));
            }
            query.load::<OrderRow>(connection).await
        })
        .await
    }

    /// How many orders there are; only those of `owner`, if one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count(&self, owner: Option<&str>) -> Result<i64, StoreError> {
        read!(&self.db, |connection| {
            match owner {
                None => orders::table.count().get_result::<i64>(connection).await,
                Some(owner) => {
                    orders::table.filter(orders::account.eq(owner)).count().get_result::<i64>(connection).await
                }
            }
        })
        .await
    }

    /// The histories of these orders, the first entry of each first, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn histories(&self, ids: Vec<i64>) -> Result<Vec<HistoryRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self.shapes.any_of(history::order_id, ids, HISTORY);
        let entries = history::table.filter(wanted).order((history::order_id, history::n));
        let entries =
            entries.select((history::order_id, history::at, history::entry, history::status, history::payment_status));
        read!(&self.db, |connection| entries.clone().load::<HistoryRow>(connection).await).await
    }
}
