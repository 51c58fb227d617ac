//! Booking times.

use async_graphql::{Context, ID, Object, Result};
use graph_serve::constraint::Constraint;
use graph_serve::outcome::{InvalidField, InvalidInput};
use graph_serve::rights::whose;

use super::types::{
    BookDeliveryInput, BookDeliveryResult, Delivery, DeliveryConflict, DeliveryIsBooked, DeliveryNotFound, order_key,
};
use crate::store::{Booked, DeliveryStore};

/// Booking times.
pub struct Mutation;

/// Booking times.
#[Object]
impl Mutation {
    /// Books a time for an order: everybody for their own, admins for all.
    async fn book_delivery(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order.", directive = Constraint::apply(order_key()))] order_id: ID,
        #[graphql(desc = "When.")] input: BookDeliveryInput,
    ) -> Result<BookDeliveryResult> {
        let (store, whose) = (context.data::<DeliveryStore>()?, whose(context)?);
        let no_time =
            || Ok(BookDeliveryResult::Invalid(invalid("deliveryTime", "must be one of the times that are free")));
        let not_now = |what: &str| Ok(BookDeliveryResult::NotNow(DeliveryConflict::new(what)));
        let Some(at) = input.at() else { return no_time() };
        // No order has what is no number.
        let number = order_id.parse::<i32>().unwrap_or_default();
        match store.book(number.into(), whose.owner(), at).await? {
            Booked::Done(row) => {
                Ok(BookDeliveryResult::Booked(DeliveryIsBooked { delivery: Delivery::try_from(*row)? }))
            }
            Booked::NotFound => Ok(BookDeliveryResult::NotFound(DeliveryNotFound::new(order_id.to_string()))),
            Booked::NotDeliverable => not_now("The order is not deliverable: look at how far it is."),
            Booked::Otherwise => not_now("Another time is booked for this order."),
            Booked::Full => not_now("This time is full; choose another one."),
            Booked::NoTime => no_time(),
        }
    }
}

/// The refusal of one field.
fn invalid(field: &str, what: &str) -> InvalidInput {
    InvalidInput::new(vec![InvalidField { field: field.to_owned(), message: what.to_owned() }])
}
