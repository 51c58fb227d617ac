//! What this service tells others, and what it does with what it hears.

use events::{Emitted, Envelope, Event, Handlers, Handling};
use serde::{Deserialize, Serialize};
use store::Connection;

use crate::history::{Order, Product};
use crate::saga::{On, Tells};
use crate::store::{Heard, Offer, forget, heard, offer, withdraw};

macro_rules! of_an_order {
    ($($(#[$about:meta])+ $name:ident { $($(#[$what:meta])+ $field:ident: $type:ty = |$order:ident| $value:expr,)+ })+) => {$(
        $(#[$about])+
        #[derive(Clone, Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The order.
            pub order_id: i64,
            $($(#[$what])+ pub $field: $type,)+
        }

        impl From<&Order> for $name {
            fn from(order: &Order) -> Self {
                Self { order_id: order.order_id, $($field: { let $order = order; $value },)+ }
            }
        }

        impl Event for $name {
            const TYPE: &'static str = stringify!($name);

            fn subject(&self) -> String {
                self.order_id.to_string()
            }
        }
    )+};
}

of_an_order! {
    /// An order is there, and is to be paid.
    OrderCreated {
        /// The subject of the token of who placed it: whose order it is.
        account_id: String = |order| order.created.account.clone(),
        /// Who gets it.
        name: String = |order| order.created.name.clone(),
        /// Where news of it go.
        email: String = |order| order.created.email.clone(),
        /// Who buys: `B2C` pays at once, `B2B` gets an invoice.
        customer_type: &'static str = |order| order.created.customer_type.name(),
        /// Where it is bought.
        market: &'static str = |order| order.created.market.name(),
        /// Its price in US cents.
        total_price: i64 = |order| order.created.total_price,
        /// Its price in the cents of its currency.
        local_price: i64 = |order| order.created.local_price,
        /// Its currency (ISO 4217).
        currency: &'static str = |order| order.created.market.currency(),
        /// How it is paid; nothing when by invoice.
        payment_method_id: Option<String> = |order| order.created.payment_method_id.clone(),
    }
    /// An order is paid, or invoiced, and its books are to be put aside.
    OrderPlaced {
        /// What is bought.
        products: Vec<Sold> = |order| order.created.products.iter().map(Sold::from).collect(),
        /// Who gets it.
        name: String = |order| order.created.name.clone(),
        /// Where news of it go.
        email: String = |order| order.created.email.clone(),
        /// Its price in US cents.
        total_price: i64 = |order| order.created.total_price,
    }
    /// The books of an order are put aside, and a time of delivery is to be booked.
    OrderDeliverable {
        /// The subject of the token of who placed it: who may choose the time.
        account_id: String = |order| order.created.account.clone(),
        /// Who gets it.
        name: String = |order| order.created.name.clone(),
        /// Where news of it go.
        email: String = |order| order.created.email.clone(),
        /// Where who brings it calls.
        phone: String = |order| order.created.phone.clone(),
        /// The street, with the number.
        street: String = |order| order.created.street.clone(),
        /// The city.
        city: String = |order| order.created.city.clone(),
    }
    /// Nothing is left to do for an order.
    OrderCompleted {
        /// What was bought.
        lines: Vec<Sold> = |order| order.created.products.iter().map(Sold::from).collect(),
        /// Nothing: it did not fail.
        reason: Option<String> = |order| order.reason.clone(),
    }
    /// An order came to nothing: what was done for it is to be undone.
    OrderFailed {
        /// What was to be bought.
        lines: Vec<Sold> = |order| order.created.products.iter().map(Sold::from).collect(),
        /// Why.
        reason: Option<String> = |order| order.reason.clone(),
    }
    /// The buyer of an order does not want it any more: what was done for it is to be undone.
    OrderCancelled {
        /// What was to be bought.
        lines: Vec<Sold> = |order| order.created.products.iter().map(Sold::from).collect(),
        /// Why.
        reason: Option<String> = |order| order.reason.clone(),
    }
}

/// So many of a book, as others are told of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sold {
    /// The ISBN.
    pub isbn: String,
    /// How many.
    pub quantity: i32,
    /// The price of one in US cents.
    pub unit_price: i64,
}

impl From<&Product> for Sold {
    fn from(product: &Product) -> Self {
        Self { isbn: product.isbn.clone(), quantity: product.quantity, unit_price: product.unit_price }
    }
}

impl Tells {
    /// Tells it of an order.
    pub(crate) fn emit(self, order: &Order, out: &mut Emitted) -> diesel::QueryResult<()> {
        match self {
            Self::Created => out.emit(&OrderCreated::from(order)),
            Self::Placed => out.emit(&OrderPlaced::from(order)),
            Self::Deliverable => out.emit(&OrderDeliverable::from(order)),
            Self::Completed => out.emit(&OrderCompleted::from(order)),
            Self::Failed => out.emit(&OrderFailed::from(order)),
            Self::Cancelled => out.emit(&OrderCancelled::from(order)),
        }
    }
}

/// What is done with each event.
pub fn handlers() -> Handlers {
    Handlers::default()
        .on("BookChanged", book_changed)
        .on("BookRemoved", book_removed)
        .on("PaymentCaptured", payment_captured)
        .on("PaymentDeclined", payment_declined)
        .on("PaymentRefunded", payment_refunded)
        .on("RefundFailed", refund_failed)
        .on("StockCreated", stock_created)
        .on("StockRejected", stock_rejected)
        .on("DeliveryBooked", delivery_booked)
        .on("DeliveryFailed", delivery_failed)
        .on("AccountRemoved", account_removed)
}

/// What is read of events about an order; the rest of each goes into its history.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfOrder {
    order_id: i64,
}

/// The same, with why.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reason {
    order_id: i64,
    reason: String,
}

macro_rules! moves {
    ($($name:ident: $on:ident;)+) => {$(
        fn $name<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
            Box::pin(async move {
                let OfOrder { order_id } = event.data()?;
                heard(connection, order_id, Heard::plain(On::$on), out).await
            })
        }
    )+};
}

moves! {
    payment_captured: PaymentCaptured;
    payment_refunded: PaymentRefunded;
    refund_failed: RefundFailed;
    stock_created: StockCreated;
}

fn payment_declined<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let Reason { order_id, reason } = event.data()?;
        let why = format!("It could not be paid: {reason}.");
        heard(connection, order_id, Heard::because(On::PaymentDeclined, why), out).await
    })
}

fn stock_rejected<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct StockRejected {
        order_id: i64,
        short: Vec<String>,
    }
    Box::pin(async move {
        let StockRejected { order_id, short } = event.data()?;
        let why = format!("There are too few of {}.", short.join(", "));
        heard(connection, order_id, Heard::because(On::StockRejected, why), out).await
    })
}

fn delivery_booked<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct DeliveryBooked {
        order_id: i64,
        delivery_time: String,
    }
    Box::pin(async move {
        let DeliveryBooked { order_id, delivery_time } = event.data()?;
        let booked = Heard { delivery_time: Some(delivery_time), ..Heard::plain(On::DeliveryBooked) };
        heard(connection, order_id, booked, out).await
    })
}

fn delivery_failed<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let Reason { order_id, reason } = event.data()?;
        let why = format!("It cannot be delivered: {reason}.");
        heard(connection, order_id, Heard::because(On::DeliveryFailed, why), out).await
    })
}

fn book_changed<'a>(event: &'a Envelope, connection: Connection<'a>, _: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let book: Offer = event.data()?;
        offer(connection, &book, event.id()).await
    })
}

fn book_removed<'a>(event: &'a Envelope, connection: Connection<'a>, _: &'a mut Emitted) -> Handling<'a> {
    #[derive(Deserialize)]
    struct BookRemoved {
        key: String,
    }
    Box::pin(async move {
        let BookRemoved { key } = event.data()?;
        withdraw(connection, &key, event.id()).await
    })
}

fn account_removed<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct AccountRemoved {
        account_id: String,
    }
    Box::pin(async move {
        let AccountRemoved { account_id } = event.data()?;
        forget(connection, &account_id, out).await
    })
}
