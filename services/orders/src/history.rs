//! An order is its history: what is known of it is made of the entries, each of which changes a little.

use serde::{Deserialize, Serialize};

use crate::order::{CustomerType, Market};
use crate::saga::{Move, On, Payment, Status};

/// So many of a book, as they were sold.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The ISBN, as the book service writes it.
    pub isbn: String,
    /// The title.
    pub title: String,
    /// How many.
    pub quantity: i32,
    /// The price of one in US cents.
    pub unit_price: i64,
}

/// An order as it was placed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// The subject of the token of who placed it.
    pub account: String,
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
    /// Who buys.
    pub customer_type: CustomerType,
    /// Where it is bought.
    pub market: Market,
    /// What is bought.
    pub products: Vec<Product>,
    /// Its price in US cents.
    pub total_price: i64,
    /// Its price in the cents of its currency.
    pub local_price: i64,
    /// How it is paid; nothing when by invoice.
    pub payment_method_id: Option<String>,
    /// The number of the organisation that buys.
    pub org_number: Option<String>,
    /// The test that it belongs to; 0 when it is none.
    pub test_id: i64,
}

/// What became of an order.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Entry {
    /// It was placed.
    Created(Box<Created>),
    /// The saga went on.
    #[serde(rename_all = "camelCase")]
    Moved {
        /// What was heard.
        on: On,
        /// Why, when it comes to nothing.
        reason: Option<String>,
        /// When it will be delivered.
        delivery_time: Option<String>,
    },
    /// An admin brought it into a state.
    BroughtInto(Status),
    /// An admin said when it will be delivered.
    DeliveryTimeSet(String),
    /// Who placed it has no account any more: nothing names them.
    Forgotten,
}

impl Entry {
    /// What people call it.
    pub fn name(&self) -> String {
        match self {
            Self::Created(_) => "Created".to_owned(),
            Self::Moved { on, .. } => format!("{on:?}"),
            Self::BroughtInto(_) => "BroughtInto".to_owned(),
            Self::DeliveryTimeSet(_) => "DeliveryTimeSet".to_owned(),
            Self::Forgotten => "Forgotten".to_owned(),
        }
    }
}

/// An order as it is, made of its history.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its number.
    pub order_id: i64,
    /// How it was placed.
    pub created: Created,
    /// How far it is.
    pub status: Status,
    /// How far its payment is.
    pub payment: Payment,
    /// When it will be delivered.
    pub delivery_time: Option<String>,
    /// Why it came to nothing.
    pub reason: Option<String>,
    /// When it was placed, in milliseconds since 1970.
    pub created_at: i64,
    /// Since when it is so far.
    pub changed_at: i64,
    /// How many entries its history has.
    pub entries: i64,
}

impl Order {
    /// An order of one entry.
    pub fn new(order_id: i64, created: Created, at: i64) -> Self {
        let (status, payment) = (Status::Pending, Payment::Pending);
        let (delivery_time, reason) = (None, None);
        Self { order_id, created, status, payment, delivery_time, reason, created_at: at, changed_at: at, entries: 1 }
    }

    /// The order that has this history; nothing when it does not begin with its placing.
    pub fn of(order_id: i64, history: impl IntoIterator<Item = (i64, Entry)>) -> Option<Self> {
        let mut history = history.into_iter();
        let (at, Entry::Created(created)) = history.next()? else { return None };
        let mut order = Self::new(order_id, *created, at);
        for (at, entry) in history {
            order.apply(&entry, at);
        }
        Some(order)
    }

    /// What follows when `on` is heard; nothing when nothing does.
    pub fn next(&self, on: On) -> Option<&'static Move> {
        Move::of(self.status, self.payment, on)
    }

    /// Changes what is known of it, one entry later.
    pub fn apply(&mut self, entry: &Entry, at: i64) {
        let before = self.status;
        match entry {
            Entry::Created(_) => {}
            Entry::Moved { on, reason, delivery_time } => {
                if let Some(next) = self.next(*on) {
                    self.status = next.to;
                    self.payment = next.payment.map_or(self.payment, |(_, after)| after);
                }
                if self.reason.is_none() {
                    self.reason.clone_from(reason);
                }
                if delivery_time.is_some() {
                    self.delivery_time.clone_from(delivery_time);
                }
            }
            Entry::BroughtInto(status) => self.status = *status,
            Entry::DeliveryTimeSet(time) => self.delivery_time = Some(time.clone()),
            Entry::Forgotten => self.created.forget(self.order_id),
        }
        if self.status != before {
            self.changed_at = at;
        }
        self.entries += 1;
    }
}

impl Created {
    /// Nothing names who placed it any more.
    pub fn forget(&mut self, order_id: i64) {
        self.account = format!("removed {order_id}");
        for text in [&mut self.name, &mut self.email, &mut self.phone, &mut self.street, &mut self.city] {
            "removed".clone_into(text);
        }
        self.org_number = None;
        self.payment_method_id = None;
    }
}
