//! Placing an order: its price is made of what its books cost at that moment.

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use events::adding;
use serde::{Deserialize, Serialize};
use store::{Added, Connection, KeyedRequest, StoreError, is_duplicate, now_ms};

use super::OrderStore;
use super::offers;
use super::row::{append, insert};
use crate::history::{Created, Entry, Order, Product};
use crate::order::{CustomerType, NewOrder, PRICE_MAX, Rate};
use crate::saga::{On, Tells};

/// The number of an order that was placed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Placing {
    /// Its number.
    pub order_id: i64,
}

/// Why an order was not placed. Nothing was stored, and its idempotency key is free.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// There is no such book.
    #[error("there is no book {0}")]
    NoBook(String),
    /// Its price is another one than its buyer was shown.
    #[error("it costs {0}")]
    OtherPrice(i64),
    /// It costs more than can be paid.
    #[error("it costs too much")]
    TooMuch,
}

impl OrderStore {
    /// Places an order of `account`; to a `request` that did so before it says again what came of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn place(
        &self,
        order: &NewOrder,
        account: &str,
        rate: Rate,
        request: Option<&KeyedRequest>,
    ) -> Result<Result<Added<Placing>, Refused>, StoreError> {
        let placed = adding!(&self.db, &self.outbox, request, |connection, out| {
            let (order_id, at) = (number()?, now_ms());
            let created = priced((&mut *connection).into(), order, account, rate).await?;
            let mut order = Order::new(order_id, created, at);
            match insert((&mut *connection).into(), &order).await {
                Ok(()) => {
                    Tells::Created.emit(&order, out)?;
                    if order.created.customer_type == CustomerType::B2B {
                        invoiced((&mut *connection).into(), &mut order, at, out).await?;
                    }
                    Ok(Added::New(Placing { order_id }))
                }
                // Another order has this number; all is tried again with another one.
                Err(error) if is_duplicate(&error) => Err(QueryError::RollbackTransaction),
                Err(error) => Err(error),
            }
        });
        match placed.await {
            Ok(added) => Ok(Ok(added)),
            Err(StoreError::Query(QueryError::QueryBuilderError(what))) => match what.downcast::<Refused>() {
                Ok(refused) => Ok(Err(*refused)),
                Err(what) => Err(StoreError::Query(QueryError::QueryBuilderError(what))),
            },
            Err(error) => Err(error),
        }
    }
}

/// A business pays later: its order goes on at once.
async fn invoiced(
    connection: Connection<'_>,
    order: &mut Order,
    at: i64,
    out: &mut events::Emitted,
) -> QueryResult<()> {
    let entry = Entry::Moved { on: On::Invoiced, reason: None, delivery_time: None };
    append(connection, order, &entry, at).await?;
    Tells::Placed.emit(order, out)
}

/// A number that no other order is likely to have: of 31 bits, and never a short one.
fn number() -> QueryResult<i64> {
    const LEAST: i64 = 10_000_000;
    let mut bytes = [0; 4];
    let random = getrandom::fill(&mut bytes).map_err(|error| QueryError::QueryBuilderError(Box::new(error)));
    random.map(|()| LEAST + i64::from(u32::from_be_bytes(bytes)) % (i64::from(i32::MAX) - LEAST))
}

/// The order with the prices of this moment.
async fn priced(connection: Connection<'_>, order: &NewOrder, account: &str, rate: Rate) -> QueryResult<Created> {
    let refused = |refused: Refused| QueryError::QueryBuilderError(Box::new(refused));
    let keys: Vec<&str> = order.products.iter().map(|line| &*line.key).collect();
    let offers = offers::of(connection, &keys).await?;
    let (mut products, mut total) = (Vec::with_capacity(keys.len()), 0_i64);
    for line in &order.products {
        let offer = offers.iter().find(|offer| offer.key == line.key);
        let offer = offer.ok_or_else(|| refused(Refused::NoBook(line.key.clone())))?;
        total = total.saturating_add(offer.price_cents.saturating_mul(line.quantity.into()));
        let (isbn, title) = (offer.isbn.clone(), offer.title.clone());
        products.push(Product { isbn, title, quantity: line.quantity, unit_price: offer.price_cents });
    }
    let local = rate.local(total, order.market).filter(|local| *local <= PRICE_MAX && total <= PRICE_MAX);
    let local_price = local.ok_or_else(|| refused(Refused::TooMuch))?;
    if order.total_price.is_some_and(|shown| shown != total) {
        return Err(refused(Refused::OtherPrice(total)));
    }
    Ok(Created {
        account: account.to_owned(),
        name: order.name.clone(),
        email: order.email.clone(),
        phone: order.phone.clone(),
        street: order.street.clone(),
        city: order.city.clone(),
        customer_type: order.customer_type,
        market: order.market,
        products,
        total_price: total,
        local_price,
        payment_method_id: order.payment_method_id.clone(),
        org_number: order.org_number.clone(),
        test_id: order.test_id,
    })
}
