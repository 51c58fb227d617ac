//! Ordering, cancelling, and what admins change by hand.

use async_graphql::{Context, ID, Object, Result};
use graph_host::auth::Caller;
use graph_serve::constraint::Constraint;
use graph_serve::errors::{Code, hidden};
use graph_serve::outcome::{IdempotencyKeyReused, InvalidField, InvalidInput};
use graph_serve::rights::whose;
use store::{Added, KeyedRequest};

use super::results::{
    AcceptedOrder, CancelOrderResult, ChangeOrderResult, CreateOrderResult, OrderAccepted, OrderBookNotFound,
    OrderConflict, OrderIsCancelled, OrderNotFound, OrderPriceChanged, OrderSaved,
};
use super::types::{ByHandStatus, DeliveryDataInput, Order, OrderInput, order_id, order_key};
use crate::order::{NewOrder, PRICE_MAX, Rate};
use crate::saga::Status;
use crate::store::{ByHand, Cancelled, Columns, OrderStore, Placing, Refused};

/// Ordering.
pub struct Mutation;

/// Ordering.
#[Object]
impl Mutation {
    /// Buys books. Whether they can be paid and are there is found out afterwards: the order tells.
    async fn create_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order.")] input: OrderInput,
        #[graphql(
            desc = "Sent again with the same key and input, within a day, it gives the first answer again; up to 255 visible ASCII characters, such as a UUID."
        )]
        idempotency_key: Option<String>,
    ) -> Result<CreateOrderResult> {
        let order = match NewOrder::try_from(input) {
            Ok(order) => order,
            Err(invalid) => return Ok(CreateOrderResult::Invalid(invalid)),
        };
        let request = KeyedRequest::read(context, "createOrder", idempotency_key, &order)?;
        let (store, account) = (context.data::<OrderStore>()?, context.data::<Caller>()?.subject());
        Ok(match store.place(&order, account, *context.data::<Rate>()?, request.as_ref()).await? {
            Ok(Added::New(placing)) => CreateOrderResult::Accepted(accepted(placing)?),
            // No two orders have a number.
            Ok(Added::Taken) => return Err(Code::Internal.error("The order has no number.")),
            Ok(Added::KeyReused) => CreateOrderResult::KeyReused(IdempotencyKeyReused::new()),
            Err(Refused::NoBook(isbn)) => CreateOrderResult::NoBook(OrderBookNotFound::new(isbn)),
            Err(Refused::OtherPrice(now)) => CreateOrderResult::OtherPrice(OrderPriceChanged::new(now.to_string())),
            Err(Refused::TooMuch) => {
                let what =
                    format!("cost more than {} dollars, or as much in pesos, which no order can", PRICE_MAX / 100);
                CreateOrderResult::Invalid(invalid("products", what))
            }
        })
    }

    /// Cancels an order: everybody their own, admins all. What was done for it is undone: its books are there for others again,
    /// and its money is given back.
    async fn cancel_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order.", directive = Constraint::apply(order_key()))] id: ID,
    ) -> Result<CancelOrderResult> {
        let (store, whose) = (context.data::<OrderStore>()?, whose(context)?);
        // No order has what is no number.
        let number = id.parse::<i32>().unwrap_or_default();
        Ok(match store.cancel(number.into(), whose.owner()).await? {
            Cancelled::Done => {
                let (message, status) =
                    ("Order cancelled, and what was done for it is being undone", Status::Cancelled);
                let accepted = AcceptedOrder { message, order_id: number, status };
                CancelOrderResult::Cancelled(OrderIsCancelled { accepted })
            }
            Cancelled::NotFound => CancelOrderResult::NotFound(OrderNotFound::new(id.to_string())),
            Cancelled::TooLate(status) => {
                CancelOrderResult::TooLate(OrderConflict::new(format!("It is too late: {}.", so_far(status))))
            }
        })
    }

    /// Brings an order into a state that it has not reached yet, whatever its saga says.
    async fn update_order_status(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order.", directive = Constraint::apply(order_id()))] id: i32,
        #[graphql(desc = "The state.")] status: ByHandStatus,
    ) -> Result<ChangeOrderResult> {
        let done = context.data::<OrderStore>()?.bring_into(id.into(), status.into()).await?;
        changed(context, id, done).await
    }

    /// Says when an order will be delivered, whatever its saga says.
    async fn add_delivery_data_to_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The order, and when.")] delivery_data: DeliveryDataInput,
    ) -> Result<ChangeOrderResult> {
        if !delivery_data.is_sound() {
            let what = "must be the milliseconds since 1970, in 13 digits".to_owned();
            return Ok(ChangeOrderResult::Invalid(invalid("deliveryTime", what)));
        }
        let DeliveryDataInput { order_id, delivery_time } = delivery_data;
        let done = context.data::<OrderStore>()?.set_delivery_time(order_id.into(), &delivery_time).await?;
        changed(context, order_id, done).await
    }
}

fn accepted(placing: Placing) -> Result<OrderAccepted> {
    let order_id = i32::try_from(placing.order_id).map_err(|error| hidden(Code::Internal, &error))?;
    let message = "Order created and processing started";
    // That of a business goes on at once: it begins there all the same.
    Ok(OrderAccepted { accepted: AcceptedOrder { message, order_id, status: Status::Pending } })
}

/// What is said of an order that is so far.
fn so_far(status: Status) -> &'static str {
    match status {
        Status::Pending => "it is to be paid",
        Status::Placed => "its books are to be put aside",
        Status::Stocked => "its books are put aside",
        Status::DeliveryBooked => "its delivery is booked",
        Status::Failed => "it came to nothing",
        Status::Cancelled => "it is cancelled",
    }
}

async fn changed(context: &Context<'_>, id: i32, done: ByHand) -> Result<ChangeOrderResult> {
    Ok(match done {
        ByHand::Done => ChangeOrderResult::Saved(OrderSaved { order: now(context, id).await? }),
        ByHand::NotFound => ChangeOrderResult::NotFound(OrderNotFound::new(id.to_string())),
        ByHand::TooFar(status) => {
            ChangeOrderResult::TooFar(OrderConflict::new(format!("It cannot be done: {}.", so_far(status))))
        }
    })
}

/// The order as it is now.
async fn now(context: &Context<'_>, id: i32) -> Result<Order> {
    let store = context.data::<OrderStore>()?;
    let row = store.find(vec![id.into()], None, Columns::ALL).await?.into_iter().next();
    let row = row.ok_or_else(|| Code::Internal.error("The order is gone."))?;
    Ok(Order { row, history: None })
}

/// The refusal of one field.
fn invalid(field: &str, message: String) -> InvalidInput {
    InvalidInput::new(vec![InvalidField { field: field.to_owned(), message }])
}
