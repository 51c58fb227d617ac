//! What becomes of orders that exist.

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel_async::RunQueryDsl;
use events::{Emitted, changing};
use store::{Connection, StoreError, now_ms, on, retried};

use super::OrderStore;
use super::row::{append, held, written};
use super::schema::{order_history as history, orders};
use crate::history::{Created, Entry, Order};
use crate::saga::{On, Status};

/// What was heard of an order.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// What.
    pub on: On,
    /// Why, when it comes to nothing.
    pub reason: Option<String>,
    /// When it will be delivered.
    pub delivery_time: Option<String>,
}

impl Heard {
    pub(crate) fn plain(on: On) -> Self {
        Self { on, reason: None, delivery_time: None }
    }

    pub(crate) fn because(on: On, reason: impl Into<String>) -> Self {
        /// The most characters of a reason that are kept.
        const REASON_MAX: usize = 500;
        let reason: String = reason.into();
        Self { reason: Some(reason.chars().take(REASON_MAX).collect()), ..Self::plain(on) }
    }
}

/// What became of an order that was to be cancelled.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancelled {
    /// It is.
    Done,
    /// There is no such order, or it is another one's.
    NotFound,
    /// It is too late, or came to nothing before.
    TooLate(Status),
}

/// What became of an order that an admin was to change.
#[derive(Clone, Debug, PartialEq)]
pub enum ByHand {
    /// It is changed.
    Done,
    /// There is no such order.
    NotFound,
    /// It is too far for that.
    TooFar(Status),
}

/// Does what the saga says when this is heard of an order: nothing, when nothing follows.
pub(crate) async fn heard(
    mut connection: Connection<'_>,
    order_id: i64,
    what: Heard,
    out: &mut Emitted,
) -> QueryResult<()> {
    match held(connection.again(), order_id).await? {
        Some(mut order) => moved(connection, &mut order, what, out).await.map(drop),
        None => {
            tracing::warn!(order_id, on = ?what.on, "heard of an order that does not exist");
            Ok(())
        }
    }
}

/// Moves an order that is held; says whether anything followed.
pub(super) async fn moved(
    connection: Connection<'_>,
    order: &mut Order,
    what: Heard,
    out: &mut Emitted,
) -> QueryResult<bool> {
    let Some(next) = order.next(what.on) else { return Ok(false) };
    let (entry, at) = (Entry::Moved { on: what.on, reason: what.reason, delivery_time: what.delivery_time }, now_ms());
    append(connection, order, &entry, at).await?;
    if let Some(tells) = next.tells {
        tells.emit(order, out)?;
    }
    Ok(true)
}

impl OrderStore {
    /// Cancels an order, of `owner` when one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cancel(&self, order_id: i64, owner: Option<&str>) -> Result<Cancelled, StoreError> {
        let cancelled = changing!(&self.db, &self.outbox, |connection, out| {
            match theirs((&mut *connection).into(), order_id, owner).await? {
                None => Ok::<_, QueryError>(Cancelled::NotFound),
                // Asked twice, it is what was wanted.
                Some(order) if order.status == Status::Cancelled => Ok(Cancelled::Done),
                Some(mut order) => {
                    let what = Heard::because(On::CancelledByBuyer, "Its buyer cancelled it.");
                    match moved((&mut *connection).into(), &mut order, what, out).await? {
                        true => Ok(Cancelled::Done),
                        false => Ok(Cancelled::TooLate(order.status)),
                    }
                }
            }
        });
        cancelled.await
    }

    /// Brings an order into a state that it has not reached yet, whatever the saga says.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bring_into(&self, order_id: i64, status: Status) -> Result<ByHand, StoreError> {
        let brought = changing!(&self.db, &self.outbox, |connection, out| {
            match held((&mut *connection).into(), order_id).await? {
                None => Ok::<_, QueryError>(ByHand::NotFound),
                Some(order) if order.status.step().is_none() || order.status == status => {
                    Ok(ByHand::TooFar(order.status))
                }
                Some(mut order) => {
                    let (entry, at) = (Entry::BroughtInto(status), now_ms());
                    append((&mut *connection).into(), &mut order, &entry, at).await?;
                    if let Some(tells) = status.told_by_hand() {
                        tells.emit(&order, out)?;
                    }
                    Ok(ByHand::Done)
                }
            }
        });
        brought.await
    }

    /// Says when an order will be delivered, whatever the saga says.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_delivery_time(&self, order_id: i64, time: &str) -> Result<ByHand, StoreError> {
        // Nobody is told: it is not the saga that goes on.
        let set = retried!(&self.db, |connection| {
            match held((&mut *connection).into(), order_id).await? {
                None => Ok::<_, QueryError>(ByHand::NotFound),
                Some(order) if matches!(order.status, Status::Failed | Status::Cancelled) => {
                    Ok(ByHand::TooFar(order.status))
                }
                Some(mut order) => {
                    let (entry, at) = (Entry::DeliveryTimeSet(time.to_owned()), now_ms());
                    append((&mut *connection).into(), &mut order, &entry, at).await?;
                    Ok(ByHand::Done)
                }
            }
        });
        set.await
    }
}

/// The order, when it is the owner's or no owner is named.
async fn theirs(connection: Connection<'_>, order_id: i64, owner: Option<&str>) -> QueryResult<Option<Order>> {
    let order = held(connection, order_id).await?;
    Ok(order.filter(|order| owner.is_none_or(|owner| order.created.account == owner)))
}

/// Who placed orders has no account any more: what can be cancelled is, and nothing names them, in the history neither.
pub(crate) async fn forget(mut connection: Connection<'_>, account: &str, out: &mut Emitted) -> QueryResult<()> {
    let theirs = orders::table.filter(orders::account.eq(account)).order(orders::n).select(orders::order_id);
    let theirs = on!(connection.again(), |inner| theirs.load::<i64>(inner))?;
    for order_id in theirs {
        let Some(mut order) = held(connection.again(), order_id).await? else { continue };
        let what = Heard::because(On::CancelledByBuyer, "The account of its buyer was removed.");
        moved(connection.again(), &mut order, what, out).await?;
        append(connection.again(), &mut order, &Entry::Forgotten, now_ms()).await?;
        blank(connection.again(), &order.created, order_id).await?;
    }
    Ok(())
}

/// Blanks who placed an order, in its row and in the first entry of its history.
async fn blank(mut connection: Connection<'_>, created: &Created, order_id: i64) -> QueryResult<()> {
    let values = (
        orders::account.eq(&*created.account),
        orders::customer_name.eq(&*created.name),
        orders::customer_email.eq(&*created.email),
        orders::customer_phone.eq(&*created.phone),
        orders::customer_street.eq(&*created.street),
        orders::customer_city.eq(&*created.city),
        orders::payment_method_id.eq(created.payment_method_id.as_deref()),
        orders::org_number.eq(created.org_number.as_deref()),
    );
    let row = orders::table.filter(orders::order_id.eq(order_id));
    on!(connection.again(), |inner| diesel::update(row).set(values).execute(inner))?;
    let first = history::table.find((order_id, 1));
    let data = history::data.eq(written(&Entry::Created(Box::new(created.clone())))?);
    on!(connection, |inner| diesel::update(first).set(data).execute(inner)).map(drop)
}
