//! What becomes of deliveries as orders go on.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::Emitted;
use serde::Deserialize;
use store::{Connection, now_ms, on};

use super::bookings::{Booking, free, take};
use super::schema::deliveries;
use crate::events::{DeliveryBooked, DeliveryFailed};
use crate::times::offered;

/// The order is there; whether it will be delivered is not known yet.
pub(super) const ANNOUNCED: &str = "ANNOUNCED";
/// A time can be booked.
pub(super) const DELIVERABLE: &str = "DELIVERABLE";
/// A time is booked.
pub(super) const BOOKED: &str = "BOOKED";
/// The order came to nothing.
pub(super) const CANCELLED: &str = "CANCELLED";

/// Where an order goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    order_id: i64,
    account_id: String,
    name: String,
    email: String,
    phone: String,
    street: String,
    city: String,
}

/// The delivery of an order, as it is stored.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable)]
#[diesel(table_name = deliveries, treat_none_as_null = true)]
pub(super) struct Delivery {
    pub(super) order_id: i64,
    pub(super) account: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) street: String,
    pub(super) city: String,
    pub(super) state: String,
    pub(super) delivery_time: Option<i64>,
}

impl Delivery {
    /// That of an order of which nothing else is known.
    fn new(order_id: i64, account: &str, state: &str) -> Self {
        let none = String::new;
        let (account, state) = (account.to_owned(), state.to_owned());
        let (name, email, phone, street, city) = (none(), none(), none(), none(), none());
        Self { order_id, account, name, email, phone, street, city, state, delivery_time: None }
    }

    /// What is told when it is booked.
    pub(super) fn booked(&self) -> DeliveryBooked {
        DeliveryBooked {
            order_id: self.order_id,
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            street: self.street.clone(),
            city: self.city.clone(),
            delivery_time: self.delivery_time.unwrap_or_default().to_string(),
        }
    }
}

/// The delivery of an order, held until the end of the transaction.
pub(super) async fn held(connection: Connection<'_>, order_id: i64) -> QueryResult<Option<Delivery>> {
    let row = deliveries::table.find(order_id);
    match connection {
        // SQLite has one writer at a time, which this is.
        Connection::Sqlite(connection) => row.first::<Delivery>(connection).await.optional(),
        Connection::MySql(connection) => row.for_update().first::<Delivery>(connection).await.optional(),
    }
}

/// Stores a delivery that is held, as it is now.
pub(super) async fn store(connection: Connection<'_>, delivery: &Delivery) -> QueryResult<()> {
    let row = deliveries::table.find(delivery.order_id);
    on!(connection, |inner| diesel::update(row).set(delivery).execute(inner)).map(drop)
}

async fn insert(connection: Connection<'_>, delivery: &Delivery) -> QueryResult<()> {
    on!(connection, |inner| diesel::insert_into(deliveries::table).values(delivery).execute(inner)).map(drop)
}

/// An order of an account is there.
pub(crate) async fn announce(mut connection: Connection<'_>, order_id: i64, account: &str) -> QueryResult<()> {
    match held(connection.again(), order_id).await? {
        None => insert(connection, &Delivery::new(order_id, account, ANNOUNCED)).await,
        // What came of it was heard first: whose it is was not known then.
        Some(mut delivery) if delivery.account.is_empty() => {
            account.clone_into(&mut delivery.account);
            store(connection, &delivery).await
        }
        Some(_) => Ok(()),
    }
}

/// The books of an order are put aside: a time can be booked, or is at once. When it was booked before, that is told again.
pub(crate) async fn arrange(
    mut connection: Connection<'_>,
    contact: Contact,
    at_once: Option<Booking>,
    out: &mut Emitted,
) -> QueryResult<()> {
    let before = held(connection.again(), contact.order_id).await?;
    match &before {
        Some(delivery) if delivery.state == BOOKED => return out.emit(&delivery.booked()),
        Some(delivery) if delivery.state == CANCELLED => return Ok(()),
        _ => {}
    }
    let Contact { order_id, account_id: account, name, email, phone, street, city } = contact;
    let (state, delivery_time) = (DELIVERABLE.to_owned(), None);
    let mut delivery = Delivery { order_id, account, name, email, phone, street, city, state, delivery_time };
    if let Some(booking) = at_once {
        delivery.delivery_time = first_free(connection.again(), &delivery.city, booking).await?;
        match delivery.delivery_time {
            Some(_) => BOOKED.clone_into(&mut delivery.state),
            None => CANCELLED.clone_into(&mut delivery.state),
        }
    }
    match before {
        Some(_) => store(connection, &delivery).await?,
        None => insert(connection, &delivery).await?,
    }
    match &*delivery.state {
        BOOKED => out.emit(&delivery.booked()),
        CANCELLED => out.emit(&DeliveryFailed { order_id, reason: "no time is free".to_owned() }),
        _ => Ok(()),
    }
}

/// Books the first time that is free in a city.
async fn first_free(mut connection: Connection<'_>, city: &str, booking: Booking) -> QueryResult<Option<i64>> {
    for at in offered(now_ms()) {
        if take(connection.again(), city, at, booking).await? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// An order comes to nothing: its time is free for others, and its address is not kept. What is heard of it later changes nothing.
pub(crate) async fn cancel(mut connection: Connection<'_>, order_id: i64) -> QueryResult<()> {
    let Some(delivery) = held(connection.again(), order_id).await? else {
        return insert(connection, &Delivery::new(order_id, "", CANCELLED)).await;
    };
    if let Some(at) = delivery.delivery_time.filter(|_| delivery.state == BOOKED) {
        free(connection.again(), &delivery.city, at).await?;
    }
    store(connection, &Delivery::new(order_id, &delivery.account, CANCELLED)).await
}
