//! The expected outcomes of a mutation, as types.

use async_graphql::SimpleObject;
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::outcome::{IdempotencyKeyReused, InvalidInput};
use graph_serve::refused;

use super::types::{Order, order_id};
use crate::saga::Status;

/// The order is stored, and will be processed.
#[derive(SimpleObject)]
pub struct OrderAccepted {
    /// What to ask for it by.
    pub accepted: AcceptedOrder,
}

/// An order that will be processed.
#[derive(SimpleObject)]
pub struct AcceptedOrder {
    /// What happens next, in a sentence.
    #[graphql(directive = Constraint::apply(Bounds::lengths(1, 200)))]
    pub message: &'static str,
    /// The number of the order.
    #[graphql(directive = Constraint::apply(order_id()))]
    pub order_id: i32,
    /// How far it is.
    pub status: Status,
}

/// The order is cancelled; what was done for it is being undone.
#[derive(SimpleObject)]
pub struct OrderIsCancelled {
    /// What to ask for it by.
    pub accepted: AcceptedOrder,
}

/// The order was changed.
#[derive(SimpleObject)]
pub struct OrderSaved {
    /// The order as it is now.
    pub order: Order,
}

refused! {
    /// There is no such order, or it is another person's; nothing was changed.
    OrderNotFound = NotFound("There is no order with the number {order_id}.") {
        /// The number.
        order_id: String,
    }
    /// There is no such book; nothing was bought.
    OrderBookNotFound = NotFound("There is no book with the ISBN {isbn}.") {
        /// The ISBN, without hyphens.
        isbn: String,
    }
    /// Its books cost something else than its buyer was shown; nothing was bought.
    OrderPriceChanged = PriceChanged("The price is {now} US cents now; look at it again, then order at that price.") {
        /// What they cost now, in US cents.
        now: String,
    }
    /// It is too far for that; nothing was changed.
    OrderConflict = Conflict("{what}") {
        /// Why it is too late.
        #[graphql(skip)]
        what: String,
    }
}

graph_serve::outcomes! {
    /// What ordering can lead to.
    CreateOrderResult =
        Accepted(OrderAccepted)
        | NoBook(OrderBookNotFound)
        | OtherPrice(OrderPriceChanged)
        | Invalid(InvalidInput)
        | KeyReused(IdempotencyKeyReused);
    /// What cancelling an order can lead to.
    CancelOrderResult = Cancelled(OrderIsCancelled) | NotFound(OrderNotFound) | TooLate(OrderConflict);
    /// What changing an order by hand can lead to.
    ChangeOrderResult =
        Saved(OrderSaved) | NotFound(OrderNotFound) | TooFar(OrderConflict) | Invalid(InvalidInput);
}
