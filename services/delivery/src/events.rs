//! What this service tells others, and what it does with what it hears.

use events::{Emitted, Envelope, Event, Handlers, Handling};
use serde::{Deserialize, Serialize};
use store::Connection;

use crate::store::{Booking, Contact, announce, arrange, cancel};

/// An order will be delivered at this time.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryBooked {
    /// The order.
    pub order_id: i64,
    /// Who gets it.
    pub name: String,
    /// Where news of it go.
    pub email: String,
    /// Where who brings it calls.
    pub phone: String,
    /// The street, with the number.
    pub street: String,
    /// The city.
    pub city: String,
    /// When, in milliseconds since 1970.
    pub delivery_time: String,
}

/// An order cannot be delivered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryFailed {
    /// The order.
    pub order_id: i64,
    /// Why, in a few words.
    pub reason: String,
}

impl Event for DeliveryBooked {
    const TYPE: &'static str = "DeliveryBooked";

    fn subject(&self) -> String {
        self.order_id.to_string()
    }
}

impl Event for DeliveryFailed {
    const TYPE: &'static str = "DeliveryFailed";

    fn subject(&self) -> String {
        self.order_id.to_string()
    }
}

/// What is done with each event; with a [`Booking`], deliveries are booked at once.
pub fn handlers(at_once: Option<Booking>) -> Handlers {
    Handlers::default()
        .on("OrderCreated", order_created)
        .on("OrderDeliverable", move |event, connection, out| order_deliverable(event, connection, out, at_once))
        .on("OrderFailed", order_ended)
        .on("OrderCancelled", order_ended)
}

/// What is read of a new order.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderCreated {
    order_id: i64,
    account_id: String,
}

fn order_created<'a>(event: &'a Envelope, connection: Connection<'a>, _: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let OrderCreated { order_id, account_id } = event.data()?;
        announce(connection, order_id, &account_id).await
    })
}

fn order_deliverable<'a>(
    event: &'a Envelope,
    connection: Connection<'a>,
    out: &'a mut Emitted,
    at_once: Option<Booking>,
) -> Handling<'a> {
    Box::pin(async move {
        let contact: Contact = event.data()?;
        arrange(connection, contact, at_once, out).await
    })
}

fn order_ended<'a>(event: &'a Envelope, connection: Connection<'a>, _: &'a mut Emitted) -> Handling<'a> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct OrderEnded {
        order_id: i64,
    }
    Box::pin(async move {
        let OrderEnded { order_id } = event.data()?;
        cancel(connection, order_id).await
    })
}
