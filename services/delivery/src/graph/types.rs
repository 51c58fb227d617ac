//! What deliveries look like in the graph, and what can come of a mutation.

use async_graphql::{InputObject, SimpleObject};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::errors::{Code, hidden};
use graph_serve::outcome::InvalidInput;
use graph_serve::refused;

use crate::store::DeliveryRow;

/// The most characters of a city.
pub(super) const CITY_MAX: usize = 100;
/// How many digits a time has: milliseconds since 1970.
const TIME_LENGTH: usize = 13;

pub(super) fn order_id() -> Bounds {
    Bounds::from(1)
}

/// The number of an order as a key.
pub(super) fn order_key() -> Bounds {
    Bounds::from(1).format("int64")
}

fn time() -> Bounds {
    Bounds::lengths(TIME_LENGTH, TIME_LENGTH).pattern("^[0-9]{13}$")
}

/// The times that are free in a city.
#[derive(SimpleObject)]
pub struct DeliveryTimes {
    /// Each in milliseconds since 1970, the first first.
    #[graphql(directive = Constraint::apply(time()))]
    pub delivery_options: Vec<String>,
}

/// The delivery of an order.
#[derive(Clone, Debug, SimpleObject)]
pub struct Delivery {
    /// The number of the order.
    #[graphql(directive = Constraint::apply(order_id()))]
    pub order_id: i32,
    /// Who gets it; empty until it is deliverable.
    #[graphql(directive = Constraint::apply(Bounds::up_to(200)))]
    pub name: String,
    /// The e-mail address to which news of it go.
    #[graphql(directive = Constraint::apply(Bounds::up_to(254)))]
    pub email: String,
    /// Where who brings it calls.
    #[graphql(directive = Constraint::apply(Bounds::up_to(40)))]
    pub phone: String,
    /// The street, with the number.
    #[graphql(directive = Constraint::apply(Bounds::up_to(200)))]
    pub street: String,
    /// The city.
    #[graphql(directive = Constraint::apply(Bounds::up_to(CITY_MAX)))]
    pub city: String,
    /// How far it is: `ANNOUNCED`, `DELIVERABLE`, `BOOKED` or `CANCELLED`.
    #[graphql(directive = Constraint::apply(Bounds::lengths(1, 20)))]
    pub state: String,
    /// When, in milliseconds since 1970; null until that is booked.
    #[graphql(directive = Constraint::apply(time()))]
    pub delivery_time: Option<String>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = async_graphql::Error;

    fn try_from(row: DeliveryRow) -> async_graphql::Result<Self> {
        let DeliveryRow { order_id, name, email, phone, street, city, state, delivery_time } = row;
        let order_id = i32::try_from(order_id).map_err(|error| hidden(Code::Internal, &error))?;
        let delivery_time = delivery_time.map(|at| at.to_string());
        Ok(Self { order_id, name, email, phone, street, city, state, delivery_time })
    }
}

/// When an order is to be delivered.
#[derive(InputObject)]
pub struct BookDeliveryInput {
    /// One of the times that are free, in milliseconds since 1970.
    #[graphql(directive = Constraint::apply(time()))]
    pub(super) delivery_time: String,
}

impl BookDeliveryInput {
    /// The time, if it is one.
    pub(super) fn at(&self) -> Option<i64> {
        let text = &self.delivery_time;
        let digits = text.len() == TIME_LENGTH && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    }
}

/// The time is booked.
#[derive(SimpleObject)]
pub struct DeliveryIsBooked {
    /// The delivery as it is now.
    pub delivery: Delivery,
}

refused! {
    /// There is no such order, or it is another person's; nothing was booked.
    DeliveryNotFound = NotFound("There is no order with the number {order_id} to be delivered.") {
        /// The number.
        order_id: String,
    }
    /// The order is not deliverable, or not at this time; nothing was booked.
    DeliveryConflict = Conflict("{what}") {
        /// Why not.
        #[graphql(skip)]
        what: String,
    }
}

graph_serve::outcomes! {
    /// What booking a time can lead to.
    BookDeliveryResult =
        Booked(DeliveryIsBooked) | NotFound(DeliveryNotFound) | NotNow(DeliveryConflict) | Invalid(InvalidInput);
}
