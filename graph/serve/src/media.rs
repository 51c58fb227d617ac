//! The media type of an answer (GraphQL over HTTP, section 6), and the status that goes with it.

use async_graphql::Response as GraphResponse;
use axum::http::header::{CONTENT_TYPE, HeaderValue, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use graph_host::accept::{Accept, Exactness};
use graph_host::auth::Caller;
use graph_host::problem::{Code, Problem};
use serde::Serialize;

use crate::errors;
use crate::request::{At, Refused};
use crate::row::to_json;

/// What a client can read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Media {
    /// `application/json`: 200 for every well-formed request, as clients before 2025 expect.
    Json,
    /// `application/graphql-response+json`: 4xx for a request that was not executed.
    GraphqlResponse,
}

/// A response without data: the request was not executed.
#[derive(Serialize)]
struct Unexecuted<'a> {
    errors: &'a [async_graphql::ServerError],
}

impl Media {
    /// The best media type that `Accept` allows; `application/json` when it says nothing.
    ///
    /// # Errors
    /// 406 when the client can read neither.
    pub fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        best(headers).ok_or_else(|| {
            let message = "The answer can be application/graphql-response+json or application/json.";
            Problem::new(Code::NotAcceptable, message)
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::GraphqlResponse => "application/graphql-response+json",
        }
    }

    /// The answer to a request whose resolver panicked.
    pub(crate) fn broken(self, caller: &Caller) -> Response {
        self.unexecuted(&[errors::broken(caller)], StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The answer to a request that was executed.
    pub fn answer(self, response: &GraphResponse) -> Response {
        let executed =
            response.data != async_graphql::Value::Null || response.errors.iter().any(|e| !e.path.is_empty());
        if executed || response.errors.is_empty() {
            return self.json(StatusCode::OK, response);
        }
        self.unexecuted(&response.errors, self.status(At::Document))
    }

    /// The answer to a request whose document was not even looked at, or could not be parsed.
    pub(crate) fn refusal(self, refused: Refused) -> Response {
        self.unexecuted(&refused.errors, self.status(refused.at))
    }

    fn status(self, fault: At) -> StatusCode {
        match (self, fault) {
            (_, At::Request) | (Self::GraphqlResponse, At::Document) => StatusCode::BAD_REQUEST,
            (Self::GraphqlResponse, At::Caller) => StatusCode::FORBIDDEN,
            (Self::Json, _) => StatusCode::OK,
        }
    }

    fn unexecuted(self, errors: &[async_graphql::ServerError], status: StatusCode) -> Response {
        self.json(status, &Unexecuted { errors })
    }

    fn json(self, status: StatusCode, body: &impl Serialize) -> Response {
        let content_type = HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        });
        match to_json(body) {
            Ok(json) => {
                let vary = HeaderValue::from_static("accept");
                (status, [(CONTENT_TYPE, content_type), (VARY, vary)], json).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                Problem::internal().into_response()
            }
        }
    }
}

/// The media type that the client likes best; nothing when it can read none.
///
/// One that likes both as much and does not name `application/graphql-response+json` may not know it.
fn best(headers: &HeaderMap) -> Option<Media> {
    let accept = Accept::of(headers);
    if accept.says_nothing() {
        return Some(Media::Json);
    }
    let weigh = |media: Media| accept.weigh(media.name());
    match (weigh(Media::Json), weigh(Media::GraphqlResponse)) {
        (Some((_, json)), Some((exactness, graphql))) => {
            let newer = graphql > json || (graphql >= json && exactness == Exactness::Named);
            Some(if newer { Media::GraphqlResponse } else { Media::Json })
        }
        (json, graphql) => json.map(|_| Media::Json).or(graphql.map(|_| Media::GraphqlResponse)),
    }
}
