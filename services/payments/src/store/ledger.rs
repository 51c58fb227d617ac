//! The ledger: what is entered for an order, in double entry.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{Connection, now_ms, on};

use super::changes::Payment;
use super::schema::ledger;

/// What is entered: its name, the account that gets it, and the one that gives it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting(&'static str, &'static str, &'static str);

/// The provider took money for an order.
pub(super) const CAPTURE: Posting = Posting("CAPTURE", "provider", "sales");
/// It gave it back.
pub(super) const REFUND: Posting = Posting("REFUND", "refunds", "provider");
/// A business was sent an invoice.
pub(super) const INVOICE: Posting = Posting("INVOICE", "receivables", "sales");
/// The invoice was taken back.
pub(super) const CREDIT: Posting = Posting("CREDIT", "refunds", "receivables");

/// Enters it for a payment, whose row the transaction holds.
pub(super) async fn enter(mut connection: Connection<'_>, payment: &Payment, posting: Posting) -> QueryResult<()> {
    let (Posting(kind, gets, gives), at) = (posting, now_ms());
    for (account, cents) in [(gets, payment.amount), (gives, -payment.amount)] {
        let row = (
            ledger::at.eq(at),
            ledger::order_id.eq(payment.order_id),
            ledger::kind.eq(kind),
            ledger::account.eq(account),
            ledger::cents.eq(cents),
            ledger::currency.eq(&payment.currency),
        );
        on!(connection.again(), |inner| diesel::insert_into(ledger::table).values(row).execute(inner))?;
    }
    Ok(())
}
