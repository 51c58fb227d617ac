//! What this service tells others, and what it does with what it hears.

use events::{Emitted, Envelope, Event, Handlers, Handling};
use serde::{Deserialize, Serialize};
use store::Connection;

use crate::store::{Wanted, give_back, take};

/// A book is there, as this: it is new, or was changed. How many there are of it is not told, for it changes with each order.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookChanged {
    /// The ISBN without hyphens and in capitals: the same for all spellings.
    pub key: String,
    /// The ISBN as it was written.
    pub isbn: String,
    /// The title.
    pub title: String,
    /// The author or authors.
    pub author: String,
    /// What it is about.
    pub description: String,
    /// The genre.
    pub genre: String,
    /// The price in cents.
    pub price_cents: i64,
    /// The id of the account that sells it; nothing for the bookstore's own.
    pub seller: Option<String>,
}

/// A book is no longer there.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookRemoved {
    /// Its ISBN without hyphens and in capitals.
    pub key: String,
}

/// All the books of an order are put aside for it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StockCreated {
    /// The order.
    pub order_id: i64,
}

/// There were too few of some books of an order, and none was put aside for it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StockRejected {
    /// The order.
    pub order_id: i64,
    /// The ISBNs of the books of which there were too few.
    pub short: Vec<String>,
}

impl Event for BookChanged {
    const TYPE: &'static str = "BookChanged";

    fn subject(&self) -> String {
        self.key.clone()
    }
}

impl Event for BookRemoved {
    const TYPE: &'static str = "BookRemoved";

    fn subject(&self) -> String {
        self.key.clone()
    }
}

impl Event for StockCreated {
    const TYPE: &'static str = "StockCreated";

    fn subject(&self) -> String {
        self.order_id.to_string()
    }
}

impl Event for StockRejected {
    const TYPE: &'static str = "StockRejected";

    fn subject(&self) -> String {
        self.order_id.to_string()
    }
}

/// What is done with each event.
pub fn handlers() -> Handlers {
    let handlers = Handlers::default().on("OrderPlaced", order_placed);
    handlers.on("OrderFailed", order_ended).on("OrderCancelled", order_ended)
}

/// What is read of an order that was placed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderPlaced {
    order_id: i64,
    products: Vec<Wanted>,
}

/// What is read of an order that comes to nothing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderEnded {
    order_id: i64,
}

/// Puts the books of an order aside, or says which ones there are too few of.
fn order_placed<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let OrderPlaced { order_id, products } = event.data()?;
        take(connection, order_id, products, out).await
    })
}

/// What was put aside for an order is there for others again.
fn order_ended<'a>(event: &'a Envelope, connection: Connection<'a>, _: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let OrderEnded { order_id } = event.data()?;
        give_back(connection, order_id).await
    })
}
