//! Serving a GraphQL schema: GraphQL over HTTP, the playground, errors, typed refusals and pages.
//!
//! A service builds its schema with async-graphql and hands it to [`routes`]; everything that happens
//! between the socket and the resolvers is here.

pub mod checks;
pub mod errors;
pub mod media;
pub mod paging;
mod playground;
mod request;
pub mod select;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Executor, ID, ObjectType, Response as GraphResponse, Schema, SchemaBuilder};
use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use graph_host::app::{method_not_allowed, path_not_found};
use graph_host::auth::require_token;
use graph_host::body::{JsonBody, limit};
use graph_host::problem::Problem;
use graph_host::tokens::Tokens;

use crate::media::Media;
use crate::request::{GraphRequest, Refused};

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
/// Everything but the playground's page needs a token.
pub fn routes<E: Executor>(schema: E, tokens: Arc<Tokens>) -> Router {
    Router::new()
        .route("/graphql", get(by_get::<E>).post(by_post::<E>))
        .fallback(path_not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(schema)
        .layer(limit())
        .layer(from_fn_with_state(tokens, token_or_page))
}

/// A browser that opens `/graphql` gets the playground, which has a field for the token; all else needs one.
async fn token_or_page(tokens: State<Arc<Tokens>>, request: Request, next: Next) -> Response {
    if playground::is_asked_for(&request) {
        return playground::page();
    }
    require_token(tokens, request, next).await
}

async fn by_post<E: Executor>(
    State(schema): State<E>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let media = Media::accepted(&headers)?;
    let answer = match GraphRequest::from_json(&body.0) {
        Ok(request) => request.parse().map(|(request, _)| request),
        Err(refused) => Err(refused),
    };
    Ok(answer_to(schema, answer, media).await)
}

async fn by_get<E: Executor>(
    State(schema): State<E>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let media = Media::accepted(&headers)?;
    let answer = match GraphRequest::from_query(query.as_deref().unwrap_or_default()) {
        Ok(request) => request.parse(),
        Err(refused) => Err(refused),
    };
    let answer = match answer {
        Ok((_, kind)) if kind.changes_data() => return Err(request::only_by_post()),
        Ok((request, _)) => Ok(request),
        Err(refused) => Err(refused),
    };
    Ok(answer_to(schema, answer, media).await)
}

/// Runs a request to its end and answers it.
///
/// It runs as a task of its own, so that a client that goes away does not stop a mutation half-way.
async fn answer_to<E: Executor>(schema: E, request: Result<async_graphql::Request, Refused>, media: Media) -> Response {
    let request = match request {
        Ok(request) => request,
        Err(refused) => return media.refusal(&refused),
    };
    let span = tracing::Span::current();
    let run = tokio::spawn(tracing::Instrument::instrument(async move { schema.execute(request).await }, span));
    match run.await {
        Ok(response) => answer(response, media),
        Err(error) => {
            tracing::error!(%error, "a resolver panicked");
            Problem::internal().into_response()
        }
    }
}

fn answer(mut response: GraphResponse, media: Media) -> Response {
    for error in &mut response.errors {
        errors::complete(error);
    }
    media.answer(&response)
}
