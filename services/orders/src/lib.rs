//! The order service: orders, the saga that takes them from the cart to the door, and their history.
//!
//! [`order`] says what an order is, [`saga`] what becomes of it, [`history`] makes it of what became of it, [`store`] keeps
//! both, and [`graph`] is the schema over it.

mod events;
pub mod graph;
pub mod history;
pub mod order;
pub mod saga;
pub mod store;

use ::events::Outbox;
use ::store::Db;
use axum::Router;
use graph_serve::Unfit;
use service_host::{Own, Service, Setup, Tool, Used};

use crate::order::Rate;
use crate::store::{MIGRATIONS, OrderStore, look_after};

/// The order service.
pub const SERVICE: Service = Service {
    name: "orders",
    part: "order-service",
    port: 3004,
    migrations: MIGRATIONS,
    routes,
    settings: &[RATE],
    hears: |_| events::handlers(),
    tools: &[REBUILD],
};

/// How many pesos a dollar is.
const RATE: Own = Own {
    name: "ORDERS_MXN_RATE",
    about: "How many Mexican pesos a US dollar is in orders that are placed from now on",
    default: "20",
    check: |text| text.parse::<Rate>().map(drop),
    secret: false,
};

/// `order-service rebuild`.
const REBUILD: Tool = Tool {
    words: &["rebuild"],
    about: "Make the row of each order anew of its history, and say how many differed; orders go on meanwhile",
    run: rebuild,
};

/// `/graphql`.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph.
pub fn routes(mut setup: Setup) -> Result<Router, Unfit> {
    // An order has more fields than other things, and a whole page of them is one request all the same.
    setup.graph.limits.values = setup.graph.limits.values.saturating_mul(2);
    let rate: Rate = match setup.own.get(RATE.name) {
        "" => RATE.default.parse(),
        text => text.parse(),
    }
    .map_err(Unfit::Start)?;
    let store = OrderStore::new(setup.db, setup.outbox);
    let late = store.clone();
    setup.work.add(|stop| look_after(late, stop));
    let schema = graph::schema(store).data(rate);
    graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)
}

fn rebuild(db: Db) -> Used {
    Box::pin(async move {
        let rebuilt = OrderStore::new(db, Outbox::nowhere(SERVICE.name)).rebuild().await?;
        let (orders, differed, unsound) = (rebuilt.orders, rebuilt.differed, rebuilt.unsound);
        let sound = if unsound == 0 { String::new() } else { format!(" {unsound} histories make no order.") };
        Ok(format!("{orders} orders, of which {differed} differed from their history.{sound}"))
    })
}
