//! The account service: people, their sessions, and the tokens that all parts take.
//!
//! [`account`] says what an account is, [`desk`] signs people up, in and out, [`hashing`] makes guessing slow, [`signing`] makes
//! tokens and tells the keys, [`store`] keeps it all, and [`graph`] is the schema over it.

pub mod account;
pub mod desk;
mod events;
mod feed;
pub mod graph;
pub mod hashing;
pub mod letters;
pub mod signing;
pub mod store;
mod well_known;

use ::events::{Handlers, Outbox};
use ::store::{Db, StoreError};
use axum::Router;
use graph_serve::Unfit;
use service_host::{Service, Setup, Tool, Used};

use crate::desk::Desk;
use crate::letters::Letters;
use crate::signing::NotSigned;
use crate::store::{AccountStore, MIGRATIONS};

/// The account service.
pub const SERVICE: Service = Service {
    name: "accounts",
    part: "account-service",
    port: 3003,
    migrations: MIGRATIONS,
    routes,
    settings: &[],
    hears: |_| Handlers::default(),
    tools: &[ROTATE],
};

/// `account-service keys rotate`.
const ROTATE: Tool = Tool {
    words: &["keys", "rotate"],
    about: "Add a key that signs tokens from two minutes on; no token is refused meanwhile",
    run: rotate,
};

/// `/graphql`, and what the issuer of tokens tells at well-known places.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph, or there is no thread to hash on.
pub fn routes(setup: Setup) -> Result<Router, Unfit> {
    let store = AccountStore::new(setup.db, setup.outbox);
    let desk = Desk::new(store.clone(), setup.tokens.own_issuer(), Letters::into(setup.data));
    let desk = desk.map_err(|error| Unfit::Start(error.to_string()))?;
    let well_known = well_known::routes(desk.signer.clone(), store.clone());
    let schema = graph::schema(store).data(desk);
    let graph = graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)?;
    Ok(graph.merge(well_known))
}

fn rotate(db: Db) -> Used {
    Box::pin(async move {
        let rotated = signing::rotate(&AccountStore::new(db, Outbox::nowhere(SERVICE.name))).await;
        let (kid, from) = rotated.map_err(|error| match error {
            NotSigned::Store(error) => error,
            NotSigned::Unsound(what) => StoreError::NoConnection(what.into()),
        })?;
        let from = std::time::UNIX_EPOCH + std::time::Duration::from_secs(from.unsigned_abs());
        Ok(format!("The key {kid} signs from {} on.", humantime::format_rfc3339_seconds(from)))
    })
}
