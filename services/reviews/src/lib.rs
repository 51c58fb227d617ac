//! The review service: the only part that touches the reviews' tables, and the graph that others see.
//!
//! [`review`] says what a review is, [`store`] keeps reviews, and [`graph`] is the schema over it.

pub mod graph;
pub mod review;
pub mod store;

use std::sync::Arc;

use ::store::Db;
use ::store::process::Service;
use axum::Router;
use graph_host::tokens::Tokens;
use graph_serve::{GraphSettings, Unfit};

use crate::store::{MIGRATIONS, ReviewStore};

/// The review service.
pub const SERVICE: Service =
    Service { name: "reviews", part: "review-service", port: 3008, migrations: MIGRATIONS, routes };

/// `/graphql` over the migrated database `db`.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph.
pub fn routes(db: Db, tokens: Arc<Tokens>, mut settings: GraphSettings) -> Result<Router, Unfit> {
    settings.limits.long_texts = graph::LONG_TEXTS;
    let schema = graph::schema(ReviewStore::new(db));
    graph_serve::routes(SERVICE.part, SERVICE.name, schema, tokens, settings, graph::EXAMPLES)
}
