//! The delivery service: the times at which can be delivered, and which of them are booked.
//!
//! [`times`] says which ones there are, [`store`] keeps what is booked, and [`graph`] is the schema over it.

mod events;
pub mod graph;
pub mod store;
pub mod times;

use axum::Router;
use graph_serve::Unfit;
use service_host::{Own, Service, Setup, Values, on_or_off};

use crate::store::{Booking, DeliveryStore, MIGRATIONS};
use crate::times::CAPACITIES;

/// The delivery service.
pub const SERVICE: Service = Service {
    name: "delivery",
    part: "delivery-service",
    port: 3006,
    migrations: MIGRATIONS,
    routes,
    settings: &[AUTOBOOK, CAPACITY],
    hears: |own| events::handlers(own.is_on(AUTOBOOK.name).then(|| booking(own))),
    tools: &[],
};

/// Whether deliveries are booked at once.
const AUTOBOOK: Own = Own {
    name: "DELIVERY_AUTOBOOK",
    about: "Whether the first free time of delivery is booked at once (on), or the buyer chooses one (off)",
    default: "off",
    check: on_or_off,
    secret: false,
};

/// How many deliveries of one time there can be in one city.
const CAPACITY: Own = Own {
    name: "DELIVERY_CAPACITY",
    about: "How many deliveries of one time there can be in one city",
    default: "20",
    check: |text| match text.parse().is_ok_and(|number: i64| CAPACITIES.contains(&number)) {
        true => Ok(()),
        false => Err(format!("must be a number from {} to {}", CAPACITIES.start(), CAPACITIES.end())),
    },
    secret: false,
};

/// How much can be booked, as the settings say.
fn booking(own: &Values) -> Booking {
    /// As in [`CAPACITY`].
    const DEFAULT: i64 = 20;
    Booking { capacity: own.get(CAPACITY.name).parse().unwrap_or(DEFAULT) }
}

/// `/graphql`.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph.
pub fn routes(setup: Setup) -> Result<Router, Unfit> {
    let schema = graph::schema(DeliveryStore::new(setup.db, setup.outbox, booking(&setup.own)));
    graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)
}
