//! Serving a GraphQL schema: GraphQL over HTTP, the playground, errors, typed refusals and pages.
//!
//! A service builds its schema with async-graphql and hands it to [`routes`]; everything that happens
//! between the socket and the resolvers is here.

mod accept;
pub mod ceiling;
pub mod checks;
pub mod errors;
pub mod media;
pub mod paging;
mod playground;
mod request;
pub mod select;

use std::sync::Arc;

use async_graphql::{
    EmptySubscription, Executor, ID, ObjectType, Request as GraphqlRequest, Response as GraphResponse, Schema,
    SchemaBuilder,
};
use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::{ALLOW, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use graph_host::app::{method_not_allowed, path_not_found};
use graph_host::auth::require_token;
use graph_host::body::{JsonBody, limit};
use graph_host::problem::Problem;
use graph_host::tokens::Tokens;
use tracing::Instrument;

use crate::ceiling::Limits;
use crate::media::Media;
use crate::request::{GraphRequest, Kind, Parsed, Refused};

/// The beginning of every schema: what the library leaves without a description gets one.
pub fn builder<Q: ObjectType + 'static, M: ObjectType + 'static>(
    query: Q,
    mutation: M,
) -> SchemaBuilder<Q, M, EmptySubscription> {
    Schema::build(query, mutation, EmptySubscription)
        .override_output_type_description::<ID>("What identifies a thing: a text, also where it looks like a number.")
}

/// `/graphql` for `schema`: POST with JSON, GET for queries, and the playground for browsers.
///
/// Everything but the playground's page and its files needs a token. The playground opens with `examples`:
/// GraphQL operations, each beginning with a comment, with an empty line between them.
pub fn routes<E: Executor>(schema: E, tokens: Arc<Tokens>, limits: Limits, examples: &'static str) -> Router {
    let playground = get(playground::file).fallback(method_not_allowed).with_state(examples);
    Router::new()
        .route("/graphql", get(by_get::<E>).post(by_post::<E>))
        .fallback(path_not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Endpoint { schema, limits })
        .layer(limit())
        .layer(from_fn_with_state(tokens, token_or_page))
        // Added behind the token check: a page cannot send a token for its own scripts.
        .route(playground::FILES, playground)
}

/// A browser that opens `/graphql` gets the playground, which has a field for the token; all else needs one.
async fn token_or_page(tokens: State<Arc<Tokens>>, request: Request, next: Next) -> Response {
    if playground::is_asked_for(&request) {
        return playground::page();
    }
    require_token(tokens, request, next).await
}

async fn by_post<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let media = Media::accepted(&headers)?;
    let request = GraphRequest::from_json(&body.0).and_then(|request| request.parse(&endpoint.limits));
    Ok(endpoint.answer(request, media).await)
}

async fn by_get<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let media = Media::accepted(&headers)?;
    let query = query.unwrap_or_default();
    let request = GraphRequest::from_query(&query).and_then(|request| request.parse(&endpoint.limits));
    if request.as_ref().is_ok_and(|request| request.kind.changes_data()) {
        return Err(only_by_post());
    }
    Ok(endpoint.answer(request, media).await)
}

/// 405 of a mutation that came by GET, which a link or an image could have sent.
fn only_by_post() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Only queries may be sent by GET; send mutations by POST.")
        .with_header(ALLOW, HeaderValue::from_static("POST"))
}

/// A schema, and what its documents may ask for.
#[derive(Clone)]
struct Endpoint<E> {
    schema: E,
    limits: Limits,
}

impl<E: Executor> Endpoint<E> {
    async fn answer(self, request: Result<Parsed, Refused>, media: Media) -> Response {
        let Parsed { request, kind, cost } = match request {
            Ok(parsed) => parsed,
            Err(refused) => return media.refusal(&refused),
        };
        let Some(mut response) = self.run(request, kind).await else { return Problem::internal().into_response() };
        for error in &mut response.errors {
            errors::complete(error);
        }
        if let Some(cost) = cost.and_then(|cost| async_graphql::to_value(cost).ok()) {
            response.extensions.insert("cost".to_owned(), cost);
        }
        media.answer(&response)
    }

    /// Runs a request; nothing when that panicked. A query ends when its client leaves. A mutation runs as
    /// a task of its own, so that it never stops half-way.
    async fn run(self, request: GraphqlRequest, kind: Kind) -> Option<GraphResponse> {
        let run = async move { self.schema.execute(request).await };
        if !kind.changes_data() {
            return Some(run.await);
        }
        let done = tokio::spawn(run.instrument(tracing::Span::current())).await;
        done.inspect_err(|error| tracing::error!(%error, "a mutation panicked")).ok()
    }
}
