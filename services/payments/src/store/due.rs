//! Payments that the provider is to be asked about, and what it said.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::{Emitted, changing};
use graph_host::trace::TraceParent;
use store::{Connection, StoreError, ms, now_ms, read, write};

use super::PaymentStore;
use super::changes::{
    CAPTURED, DECLINED, GAVE_UP, Payment, REFUND_FAILED, REFUNDED, REFUNDING, UNCLEAR, WANTED, held, store,
};
use super::ledger::{CAPTURE, REFUND, enter};
use super::schema::payments;
use crate::metrics::{self, Counted};
use crate::provider::Outcome;

/// How long a payment is one process's to ask about: longer than the provider may take.
const CLAIMED_FOR: Duration = Duration::from_secs(20);
/// How often the provider is asked for money before the order goes without.
const GIVE_UP_AFTER: i64 = 3;
/// The pause after the first question without an answer; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// How long the provider is asked the same: it knows idempotency keys for a day, and would take the money again afterwards.
const ASKED_FOR: Duration = Duration::from_secs(20 * 60 * 60);

/// A payment that is this process's to ask about.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    /// The order.
    pub order_id: i64,
    /// How much, in the cents of the currency.
    pub amount: i64,
    /// The currency (ISO 4217).
    pub currency: String,
    /// How it is paid.
    pub method: String,
    /// What is to be given back; nothing when the money is to be taken.
    pub refund_of: Option<String>,
    /// The trace of the order.
    pub trace: Option<TraceParent>,
    state: String,
}

/// How long to wait after so many questions without an answer.
fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(16);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

impl PaymentStore {
    /// Takes up to `most` payments that are due, and of those that orders went without up to `hopeless`. Another process does
    /// not take them for a while.
    pub(crate) async fn claim(&self, most: i64, hopeless: i64) -> Result<Vec<Claimed>, StoreError> {
        let now = now_ms();
        let due = |wanted: [&'static str; 2], most: i64| {
            let due = payments::table.filter(payments::due_at.le(now).and(payments::state.eq_any(wanted)));
            due.order(payments::due_at).limit(most)
        };
        let (urgent, others) = (due([WANTED, REFUNDING], most), due([GAVE_UP, GAVE_UP], hopeless));
        let mut found = read!(&self.db, |connection| urgent.clone().load::<Payment>(connection).await).await?;
        found.extend(read!(&self.db, |connection| others.clone().load::<Payment>(connection).await).await?);
        let mut claimed = Vec::with_capacity(found.len());
        for payment in found {
            let still = payments::table.find(payment.order_id).filter(payments::due_at.eq(payment.due_at));
            let values = (
                payments::attempts.eq(payment.attempts + 1),
                payments::first_asked_at.eq(payment.first_asked_at.or(Some(now))),
                payments::due_at.eq(now.saturating_add(ms(CLAIMED_FOR))),
            );
            let taken = write!(&self.db, |connection| diesel::update(still).set(values).execute(connection).await);
            if taken.await? > 0 {
                claimed.push(Claimed {
                    order_id: payment.order_id,
                    amount: payment.amount,
                    currency: payment.currency,
                    method: payment.method.unwrap_or_default(),
                    refund_of: payment.provider_id.filter(|_| payment.state == REFUNDING),
                    trace: payment.traceparent.as_deref().and_then(|text| text.parse().ok()),
                    state: payment.state,
                });
            }
        }
        Ok(claimed)
    }

    /// Stores what the provider said of a payment that was claimed, and tells it.
    pub(crate) async fn settle(&self, claimed: &Claimed, outcome: &Outcome) -> Result<(), StoreError> {
        let settled = changing!(&self.db, &self.outbox, |connection, out| {
            let payment = held((&mut *connection).into(), claimed.order_id).await?;
            match payment.filter(|payment| payment.state == claimed.state) {
                Some(payment) => settle((&mut *connection).into(), payment, outcome, out).await,
                // Somebody else heard of it first.
                None => Ok(None),
            }
        });
        if let Some(counted) = settled.await? {
            metrics::count(counted);
        }
        Ok(())
    }
}

async fn settle(
    mut connection: Connection<'_>,
    mut payment: Payment,
    outcome: &Outcome,
    out: &mut Emitted,
) -> QueryResult<Option<Counted>> {
    let now = now_ms();
    let counted = match (&*payment.state, outcome) {
        (REFUNDING, Outcome::Done(_)) => {
            payment.turn(REFUNDED, None);
            enter(connection.again(), &payment, REFUND).await?;
            out.emit(&payment.refunded())?;
            Some(Counted::Refunded)
        }
        (REFUNDING, Outcome::Refused(why)) => {
            payment.turn(REFUND_FAILED, None);
            payment.reason = Some(why.clone());
            out.emit(&payment.refund_failed())?;
            Some(Counted::RefundFailed)
        }
        (before, Outcome::Done(id)) => {
            let gave_up = before == GAVE_UP;
            payment.provider_id = Some(id.clone());
            enter(connection.again(), &payment, CAPTURE).await?;
            if !gave_up {
                out.emit(&payment.captured())?;
            }
            match gave_up || payment.ended {
                true => payment.turn(REFUNDING, Some(now)),
                false => payment.turn(CAPTURED, None),
            }
            Some(Counted::Captured)
        }
        (before, Outcome::Refused(why)) => {
            let gave_up = before == GAVE_UP;
            payment.turn(DECLINED, None);
            if !gave_up {
                payment.reason = Some(why.clone());
                out.emit(&payment.declined())?;
            }
            Some(Counted::Declined)
        }
        (before, Outcome::Unknown(why)) => {
            let over = payment.first_asked_at.is_some_and(|first| now.saturating_sub(first) > ms(ASKED_FOR));
            let (state, attempts, first) = (before.to_owned(), payment.attempts, payment.first_asked_at);
            tracing::warn!(
                order_id = payment.order_id,
                state,
                attempts,
                why,
                "the provider did not say what came of it"
            );
            let again = Some(now.saturating_add(ms(pause(attempts))));
            match (&*state, over) {
                (REFUNDING, true) => {
                    payment.turn(REFUND_FAILED, None);
                    out.emit(&payment.refund_failed())?;
                    Some(Counted::RefundFailed)
                }
                (_, true) => {
                    payment.turn(UNCLEAR, None);
                    Some(Counted::Unclear)
                }
                (WANTED, false) if attempts >= GIVE_UP_AFTER => {
                    payment.turn(GAVE_UP, again);
                    // The provider knows the key since then.
                    (payment.attempts, payment.first_asked_at) = (attempts, first);
                    payment.reason = Some("the provider of payments did not answer in time".to_owned());
                    out.emit(&payment.declined())?;
                    Some(Counted::GaveUp)
                }
                _ => {
                    payment.due_at = again;
                    None
                }
            }
        }
    };
    store(connection, &payment).await?;
    Ok(counted)
}
