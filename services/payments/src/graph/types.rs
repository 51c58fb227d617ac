//! What payments and the ledger look like in the graph, and what can come of a mutation.

use std::time::{Duration, UNIX_EPOCH};

use async_graphql::{ID, SimpleObject};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::errors::{Code, hidden};
use graph_serve::refused;

use crate::store::{LedgerRow, PaymentRow};

pub(super) fn order_id() -> Bounds {
    Bounds::from(1)
}

fn currency() -> Bounds {
    Bounds::lengths(3, 3)
}

/// The time so many milliseconds after the beginning of 1970.
fn timestamp(ms: i64) -> String {
    let since = Duration::from_millis(u64::try_from(ms).unwrap_or_default());
    humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
}

graph_serve::row! {
    /// An entry of the ledger: what an account got for an order, or gave.
    "LedgerEntry" LedgerEntry = LedgerFields(LedgerRow) {
        /// The number of the entry.
        #[graphql(directive = Constraint::apply(Bounds::from(1).format("int64")))]
        id: ID = |row| row.n.map(ID::from),
        /// When it was entered (RFC 3339, in UTC).
        #[graphql(directive = Constraint::apply(Bounds::default().format("date-time")))]
        at: String = |row| row.at.map(timestamp),
        /// The number of the order.
        #[graphql(directive = Constraint::apply(order_id()))]
        order_id as "orderId": i64 = |row| row.order_id,
        /// What it is: `CAPTURE`, `REFUND`, `INVOICE` or `CREDIT`.
        #[graphql(directive = Constraint::apply(Bounds::lengths(1, 10)))]
        kind: &str = |row| row.kind.as_deref(),
        /// The account: `provider`, `sales`, `refunds` or `receivables`.
        #[graphql(directive = Constraint::apply(Bounds::lengths(1, 20)))]
        account: &str = |row| row.account.as_deref(),
        /// How much it got, in the cents of the currency; below 0 when it gave.
        amount: i64 = |row| row.cents,
        /// The currency (ISO 4217).
        #[graphql(directive = Constraint::apply(currency()))]
        currency: &str = |row| row.currency.as_deref(),
    }
}

/// The payment of an order.
#[derive(Clone, Debug, SimpleObject)]
pub struct Payment {
    /// The number of the order.
    #[graphql(directive = Constraint::apply(order_id()))]
    pub order_id: i32,
    /// How much, in the cents of its currency.
    #[graphql(directive = Constraint::apply(Bounds::from(0)))]
    pub amount: i64,
    /// The currency (ISO 4217).
    #[graphql(directive = Constraint::apply(currency()))]
    pub currency: String,
    /// How far it is: `WANTED`, `CAPTURED`, `DECLINED`, `GAVE_UP`, `INVOICED`, `REFUNDING`, `REFUNDED`, `REFUND_FAILED`, `VOID`
    /// or `UNCLEAR`.
    #[graphql(directive = Constraint::apply(Bounds::lengths(1, 20)))]
    pub state: String,
    /// Its id at the provider, once there is one.
    #[graphql(directive = Constraint::apply(Bounds::up_to(100)))]
    pub provider_id: Option<String>,
    /// Why it was declined, or could not be given back.
    #[graphql(directive = Constraint::apply(Bounds::up_to(200)))]
    pub reason: Option<String>,
}

impl TryFrom<PaymentRow> for Payment {
    type Error = async_graphql::Error;

    fn try_from(row: PaymentRow) -> async_graphql::Result<Self> {
        let PaymentRow { order_id, amount, currency, state, provider_id, reason } = row;
        let order_id = i32::try_from(order_id).map_err(|error| hidden(Code::Internal, &error))?;
        Ok(Self { order_id, amount, currency, state, provider_id, reason })
    }
}

/// The provider will be asked once more to give the money back.
#[derive(SimpleObject)]
pub struct RefundRetried {
    /// The payment as it is now.
    pub payment: Payment,
}

refused! {
    /// There is no payment of this order; nothing was done.
    PaymentNotFound = NotFound("There is no payment of the order {order_id}.") {
        /// The number of the order.
        order_id: String,
    }
    /// It did not fail to be given back; nothing was done.
    RefundConflict = Conflict("The payment of this order did not fail to be given back.") {}
}

graph_serve::outcomes! {
    /// What trying a refund again can lead to.
    RetryRefundResult = Done(RefundRetried) | NotFound(PaymentNotFound) | NotFailed(RefundConflict);
}
