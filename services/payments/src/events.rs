//! What this service tells others, and what it does with what it hears.

use events::{Emitted, Envelope, Event, Handlers, Handling};
use serde::{Deserialize, Serialize};
use store::Connection;

use crate::store::{Wanted, end, want};

macro_rules! of_an_order {
    ($($(#[$about:meta])+ $name:ident { $($(#[$what:meta])+ $field:ident: $type:ty,)+ })+) => {$(
        $(#[$about])+
        #[derive(Clone, Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The order.
            pub order_id: i64,
            $($(#[$what])+ pub $field: $type,)+
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
    /// The money for an order is there.
    PaymentCaptured {
        /// How much, in the cents of its currency.
        amount: i64,
        /// The currency (ISO 4217).
        currency: String,
    }
    /// There is no money for an order.
    PaymentDeclined {
        /// How much it was to be, in the cents of its currency.
        amount: i64,
        /// The currency (ISO 4217).
        currency: String,
        /// Why, in a few words.
        reason: String,
    }
    /// The money for an order was given back, or its invoice was.
    PaymentRefunded {
        /// How much, in the cents of its currency.
        amount: i64,
    }
    /// The money for an order could not be given back: a person has to look after it.
    RefundFailed {
        /// How much, in the cents of its currency.
        amount: i64,
    }
}

/// What is done with each event.
pub fn handlers() -> Handlers {
    let handlers = Handlers::default().on("OrderCreated", order_created);
    handlers.on("OrderFailed", order_ended).on("OrderCancelled", order_ended)
}

/// What is read of a new order.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderCreated {
    order_id: i64,
    local_price: i64,
    currency: String,
    payment_method_id: Option<String>,
}

fn order_created<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    Box::pin(async move {
        let OrderCreated { order_id, local_price, currency, payment_method_id } = event.data()?;
        let wanted = Wanted { order_id, amount: local_price, currency, method: payment_method_id };
        want(connection, wanted, out).await
    })
}

fn order_ended<'a>(event: &'a Envelope, connection: Connection<'a>, out: &'a mut Emitted) -> Handling<'a> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct OrderEnded {
        order_id: i64,
    }
    Box::pin(async move {
        let OrderEnded { order_id } = event.data()?;
        end(connection, order_id, out).await
    })
}
