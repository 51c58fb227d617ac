//! What becomes of payments.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::Emitted;
use graph_host::trace::Trace;
use store::{Connection, now_ms, on};

use super::ledger::{CREDIT, INVOICE, enter};
use super::schema::payments;
use crate::events::{PaymentCaptured, PaymentDeclined, PaymentRefunded, RefundFailed};

/// What is to be paid for an order.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The order.
    pub order_id: i64,
    /// How much, in the cents of the currency.
    pub amount: i64,
    /// The currency (ISO 4217).
    pub currency: String,
    /// How; nothing when by invoice.
    pub method: Option<String>,
}

/// The provider is to be asked for the money.
pub(super) const WANTED: &str = "WANTED";
/// The money is there.
pub(super) const CAPTURED: &str = "CAPTURED";
/// There is no money.
pub(super) const DECLINED: &str = "DECLINED";
/// The order goes without the money; the provider is asked on, for it may have taken it.
pub(super) const GAVE_UP: &str = "GAVE_UP";
/// A business was sent an invoice.
pub(super) const INVOICED: &str = "INVOICED";
/// The provider is to be asked to give the money back.
pub(super) const REFUNDING: &str = "REFUNDING";
/// The money was given back, or the invoice was.
pub(super) const REFUNDED: &str = "REFUNDED";
/// The money could not be given back.
pub(super) const REFUND_FAILED: &str = "REFUND_FAILED";
/// The order came to nothing before the provider was asked.
pub(super) const VOID: &str = "VOID";
/// The provider never said whether it took the money.
pub(super) const UNCLEAR: &str = "UNCLEAR";

/// The payment of an order, as it is stored.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable)]
#[diesel(table_name = payments, treat_none_as_null = true)]
pub(super) struct Payment {
    pub(super) order_id: i64,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) method: Option<String>,
    pub(super) state: String,
    pub(super) ended: bool,
    pub(super) provider_id: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) attempts: i64,
    pub(super) first_asked_at: Option<i64>,
    pub(super) due_at: Option<i64>,
    pub(super) traceparent: Option<String>,
    pub(super) created_at: i64,
}

impl Payment {
    fn of(wanted: Wanted, state: &str, due_at: Option<i64>) -> Self {
        let Wanted { order_id, amount, currency, method } = wanted;
        Self {
            order_id,
            amount,
            currency,
            method,
            state: state.to_owned(),
            ended: false,
            provider_id: None,
            reason: None,
            attempts: 0,
            first_asked_at: None,
            due_at,
            traceparent: Trace::current().map(|trace| trace.to_string()),
            created_at: now_ms(),
        }
    }

    /// It is in another state, in which the provider is asked at that time, or no more.
    pub(super) fn turn(&mut self, state: &str, due_at: Option<i64>) {
        state.clone_into(&mut self.state);
        (self.due_at, self.attempts, self.first_asked_at) = (due_at, 0, None);
    }

    pub(super) fn captured(&self) -> PaymentCaptured {
        PaymentCaptured { order_id: self.order_id, amount: self.amount, currency: self.currency.clone() }
    }

    pub(super) fn declined(&self) -> PaymentDeclined {
        let (amount, currency) = (self.amount, self.currency.clone());
        PaymentDeclined { order_id: self.order_id, amount, currency, reason: self.reason.clone().unwrap_or_default() }
    }

    pub(super) fn refunded(&self) -> PaymentRefunded {
        PaymentRefunded { order_id: self.order_id, amount: self.amount }
    }

    pub(super) fn refund_failed(&self) -> RefundFailed {
        RefundFailed { order_id: self.order_id, amount: self.amount }
    }
}

/// The payment of an order, held until the end of the transaction.
pub(super) async fn held(connection: Connection<'_>, order_id: i64) -> QueryResult<Option<Payment>> {
    let row = payments::table.find(order_id);
    match connection {
        // SQLite has one writer at a time, which this is.
        Connection::Sqlite(connection) => row.first::<Payment>(connection).await.optional(),
        Connection::MySql(connection) => row.for_update().first::<Payment>(connection).await.optional(),
    }
}

/// Stores a payment that is held, as it is now.
pub(super) async fn store(connection: Connection<'_>, payment: &Payment) -> QueryResult<()> {
    let row = payments::table.find(payment.order_id);
    on!(connection, |inner| diesel::update(row).set(payment).execute(inner)).map(drop)
}

async fn insert(connection: Connection<'_>, payment: &Payment) -> QueryResult<()> {
    on!(connection, |inner| diesel::insert_into(payments::table).values(payment).execute(inner)).map(drop)
}

/// An order is to be paid: by the provider, who is asked afterwards, or by invoice. When that was heard before, it is told
/// again what came of it.
pub(crate) async fn want(mut connection: Connection<'_>, wanted: Wanted, out: &mut Emitted) -> QueryResult<()> {
    let Some(mut payment) = held(connection.again(), wanted.order_id).await? else {
        let invoice = wanted.method.is_none();
        let (state, due_at) = if invoice { (INVOICED, None) } else { (WANTED, Some(now_ms())) };
        let payment = Payment::of(wanted, state, due_at);
        insert(connection.again(), &payment).await?;
        return if invoice { enter(connection, &payment, INVOICE).await } else { Ok(()) };
    };
    match &*payment.state {
        WANTED if payment.attempts == 0 => {
            payment.due_at = Some(now_ms());
            store(connection, &payment).await
        }
        CAPTURED => out.emit(&payment.captured()),
        DECLINED | GAVE_UP => out.emit(&payment.declined()),
        _ => Ok(()),
    }
}

/// An order came to nothing: what was taken for it is given back, also when it turns out only later that it was.
pub(crate) async fn end(mut connection: Connection<'_>, order_id: i64, out: &mut Emitted) -> QueryResult<()> {
    let Some(mut payment) = held(connection.again(), order_id).await? else {
        // When its beginning is heard later, nothing is taken for it.
        let nothing = Wanted { order_id, amount: 0, currency: "USD".to_owned(), method: None };
        return insert(connection, &Payment { ended: true, ..Payment::of(nothing, VOID, None) }).await;
    };
    if payment.ended {
        return Ok(());
    }
    payment.ended = true;
    match &*payment.state {
        WANTED if payment.attempts == 0 => payment.turn(VOID, None),
        CAPTURED => payment.turn(REFUNDING, Some(now_ms())),
        INVOICED => {
            payment.turn(REFUNDED, None);
            enter(connection.again(), &payment, CREDIT).await?;
            out.emit(&payment.refunded())?;
        }
        _ => {}
    }
    store(connection, &payment).await
}
