//! Payments and the ledger: look up, list, and try a refund again.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, now_ms, read, retried};

use super::PaymentStore;
use super::changes::{REFUND_FAILED, REFUNDING, held, store};
use super::columns::{Columns, LedgerRow};
use super::schema::{ledger, payments};

/// What tells the statement that looks payments up from others of the same shape.
const PAYMENTS: u64 = u64::MAX;

/// The payment of an order.
#[derive(Clone, Debug, PartialEq, Queryable)]
pub struct PaymentRow {
    /// The order.
    pub order_id: i64,
    /// How much, in the cents of the currency.
    pub amount: i64,
    /// The currency (ISO 4217).
    pub currency: String,
    /// How far it is.
    pub state: String,
    /// Its id at the provider, once there is one.
    pub provider_id: Option<String>,
    /// Why it was declined, or could not be given back.
    pub reason: Option<String>,
}

/// One page of the ledger, the first entries first.
#[derive(Clone, Debug)]
pub struct Range {
    /// Begin after this entry.
    pub after: Option<i64>,
    /// End before this entry.
    pub before: Option<i64>,
    /// Read from the end of the page, towards its beginning.
    pub backward: bool,
    /// Read at most so many rows.
    pub rows: i64,
    /// Only entries of this time or later, in milliseconds since 1970.
    pub from: Option<i64>,
    /// Only entries before this time.
    pub to: Option<i64>,
}

/// What became of a refund that was to be tried again.
#[derive(Clone, Debug, PartialEq)]
pub enum Retried {
    /// It will be.
    Done,
    /// There is no payment of this order.
    NotFound,
    /// It did not fail.
    NotFailed,
}

impl PaymentStore {
    /// The payments of these orders, in no particular order, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, orders: Vec<i64>) -> Result<Vec<PaymentRow>, StoreError> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self.shapes.any_of(payments::order_id, orders, PAYMENTS);
        let found = payments::table.filter(wanted).select((
            payments::order_id,
            payments::amount,
            payments::currency,
            payments::state,
            payments::provider_id,
            payments::reason,
        ));
        read!(&self.db, |connection| found.clone().load::<PaymentRow>(connection).await).await
    }

    /// One page of the ledger, in the direction of reading, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ledger(&self, range: Range, columns: Columns) -> Result<Vec<LedgerRow>, StoreError> {
        let columns = Columns { n: true, ..columns };
        read!(&self.db, |connection| {
            let mut query = ledger::table.select(columns.list()).limit(range.rows).into_boxed();
            if let Some(after) = range.after {
                query = query.filter(ledger::n.gt(after));
            }
            if let Some(before) = range.before {
                query = query.filter(ledger::n.lt(before));
            }
            if let Some(from) = range.from {
                query = query.filter(ledger::at.ge(from));
            }
            if let Some(to) = range.to {
                query = query.filter(ledger::at.lt(to));
            }
            query = match range.backward {
                false => query.order(ledger::n.asc()),
                true => query.order(ledger::n.desc()),
            };
            query.load::<LedgerRow>(connection).await
        })
        .await
    }

    /// Has the provider asked once more to give back what it refused to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retry_refund(&self, order_id: i64) -> Result<Retried, StoreError> {
        let tried = retried!(&self.db, |connection| {
            match held((&mut *connection).into(), order_id).await? {
                None => Ok::<_, diesel::result::Error>(Retried::NotFound),
                Some(payment) if payment.state != REFUND_FAILED => Ok(Retried::NotFailed),
                Some(mut payment) => {
                    payment.turn(REFUNDING, Some(now_ms()));
                    store(connection.into(), &payment).await?;
                    Ok(Retried::Done)
                }
            }
        });
        tried.await
    }
}
