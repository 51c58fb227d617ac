//! Serving a GraphQL schema: GraphQL over HTTP, the playground, errors, typed refusals and pages.
//!
//! A service builds its schema with async-graphql and hands it to [`routes`]; everything that happens
//! between the socket and the resolvers is here.

pub mod ceiling;
pub mod checks;
pub mod constraint;
mod documents;
mod endpoint;
pub mod errors;
pub mod federation;
mod graph;
pub mod media;
mod meters;
pub mod outcome;
pub mod paging;
mod plan;
mod playground;
mod request;
pub mod rights;
pub mod row;
pub mod select;
mod settings;
mod type_key;
mod variables;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Executor, ID, ObjectType, Schema, SchemaBuilder};
use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use graph_host::app::{method_not_allowed, path_not_found};
use graph_host::auth::{Caller, require_token, take_token};
use graph_host::body::JsonBody;
use graph_host::identity::Role;
use graph_host::problem::Problem;
use graph_host::rights::Rights;
use graph_host::tokens::Tokens;

pub use documents::{DocumentArgs, DocumentSettings, Unfit};
pub use settings::{GraphArgs, GraphSettings};

use crate::documents::Documents;
use crate::endpoint::Endpoint;
use crate::graph::Graph;
use crate::media::Media;
use crate::meters::OperationMeters;
use crate::request::GraphRequest;

/// The beginning of every schema: what the library leaves without a description gets one, and what says why nothing was
/// done has the interface `Refused`.
pub fn builder<Q: ObjectType + 'static, M: ObjectType + 'static>(
    query: Q,
    mutation: M,
) -> SchemaBuilder<Q, M, EmptySubscription> {
    let builder = Schema::build(query, mutation, EmptySubscription)
        .override_output_type_description::<ID>("What identifies a thing: a text, also where it looks like a number.");
    outcome::with_refused(builder)
}

/// `/graphql` for the schema of `service` that `builder` describes: POST with JSON, GET for queries, and the
/// playground for browsers.
///
/// Everything but the playground's page and its files needs a token, unless the table of rights gives something to nobody.
/// The playground opens with `examples`:
/// GraphQL operations, each beginning with a comment, with an empty line between them. What is asked is counted as
/// that of `part`.
///
/// # Errors
/// [`Unfit`], when a manifest has a document that does not fit the schema, or that is not sound itself; or the table of rights.
pub fn routes<Q: ObjectType + 'static, M: ObjectType + 'static>(
    part: &'static str,
    service: &str,
    builder: SchemaBuilder<Q, M, EmptySubscription>,
    tokens: Arc<Tokens>,
    GraphSettings { limits, documents, rights }: GraphSettings,
    examples: &'static str,
) -> Result<Router, Unfit> {
    let explore = documents.explore;
    let graph = Graph::try_new(builder, explore).map_err(Unfit::Schema)?;
    let rights = match rights {
        Some(rights) => rights,
        None => Arc::new(Rights::at(service).map_err(Unfit::Rights)?),
    };
    let documents =
        Documents::try_new(part, service, documents, &limits, Arc::clone(&graph.types), Arc::clone(&rights))?;
    let documents = Arc::new(documents);
    let meters = OperationMeters::new(part);
    let router = Router::new()
        .route("/graphql", get(by_get).post(by_post))
        .fallback(path_not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Endpoint { graph, documents, limits, meters, rights: Arc::clone(&rights) });
    let to_nobody = rights.all().any(|(_, right)| right.roles().has(Role::Nobody));
    let door = Door { tokens, explore, to_nobody };
    let router = router.layer(from_fn_with_state(door, enter));
    if !explore {
        return Ok(router);
    }
    let playground = get(playground::file).fallback(method_not_allowed).with_state(examples);
    // Added behind the token check: a page cannot send a token for its own scripts.
    Ok(router.route(playground::FILES, playground))
}

/// Who may come in.
#[derive(Clone)]
struct Door {
    tokens: Arc<Tokens>,
    explore: bool,
    /// Whether there is something for who has no token.
    to_nobody: bool,
}

/// A browser that opens `/graphql` gets the playground, which has a field for the token; all else needs one, or is looked at to
/// see whether it is for nobody in particular.
async fn enter(State(door): State<Door>, request: Request, next: Next) -> Response {
    if door.explore && playground::is_asked_for(&request) {
        return playground::page();
    }
    match door.to_nobody {
        true => take_token(&door.tokens, request, |request| next.run(request)).await,
        false => require_token(&door.tokens, request, |request| next.run(request)).await,
    }
}

async fn by_post<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let media = Media::accepted(&headers)?;
    let request = GraphRequest::from_json(&body.0, &endpoint.limits);
    Ok(endpoint.answer(&Method::POST, request, media, caller).await)
}

async fn by_get<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let media = Media::accepted(&headers)?;
    let request = GraphRequest::from_query(&query.unwrap_or_default(), &endpoint.limits);
    Ok(endpoint.answer(&Method::GET, request, media, caller).await)
}
