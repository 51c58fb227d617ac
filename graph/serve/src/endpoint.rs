//! Answering one request: its document is found and held to the limits and the schema, then run.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Executor, Pos, Request as GraphqlRequest, Response as GraphResponse};
use axum::http::Method;
use axum::http::header::{ALLOW, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use graph_host::auth::Caller;
use graph_host::deadline::Deadline;
use graph_host::problem::{Code, Problem};
use graph_host::trace::SPANS;
use tracing::Instrument;
use tracing::field::Empty;

use crate::ceiling::cost::Cost;
use crate::ceiling::{Limits, cost};
use crate::documents::{Documents, Found};
use crate::errors;
use crate::errors::ERRORS_MAX;
use crate::graph::{Graph, parsed_request};
use crate::media::Media;
use crate::meters::{OperationMeters, Outcome};
use crate::request::{Call, GraphRequest, Refused, changes_data};
use crate::row::Room;

/// A graph, and which documents of it are run.
#[derive(Clone)]
pub(crate) struct Endpoint<E> {
    pub(crate) graph: Graph<E>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) limits: Limits,
    pub(crate) meters: OperationMeters,
}

/// A request that may be run.
struct Ready {
    document: Arc<ExecutableDocument>,
    call: Call,
    /// What it costs, when the client wants to know.
    cost: Option<Cost>,
}

impl<E: Executor> Endpoint<E> {
    /// The answer to a request that came by `method`, or could not be read.
    pub(crate) async fn answer(
        self,
        method: &Method,
        request: Result<GraphRequest, Refused>,
        media: Media,
        caller: Caller,
    ) -> Response {
        let (started, meters) = (Instant::now(), self.meters.clone());
        let ready = match request.and_then(|request| self.prepare(request)) {
            Ok(ready) => ready,
            Err(refused) => {
                meters.refused().answered(Outcome::Refused, started.elapsed());
                return media.refusal(refused);
            }
        };
        let Ready { document, call, cost } = ready;
        let operation = call.operation(&document);
        let changes_data = operation.is_some_and(changes_data);
        if changes_data && *method == Method::GET {
            return only_by_post().into_response();
        }
        let request = parsed_request(&document, call.operation.as_deref(), call.variables.clone());
        let request = request.data(caller.clone()).data(Room::new(self.limits.answer_bytes));
        let graph = self.graph.clone();
        let counted = meters.of(operation);
        let span = tracing::info_span!(
            target: SPANS,
            "graphql",
            otel.name = counted.name,
            otel.status_code = Empty,
            graphql.operation.name = counted.name,
            graphql.operation.type = if changes_data { "mutation" } else { "query" },
        );
        let run = self.run(request, changes_data, caller.deadline);
        let Some(mut response) = run.instrument(span.clone()).await else {
            span.record("otel.status_code", "ERROR");
            counted.answered(Outcome::Failed, started.elapsed());
            return media.broken(&caller);
        };
        if let Some(operation) = operation {
            graph.complete(&mut response, &document, operation);
        }
        response.errors.truncate(ERRORS_MAX);
        response.errors.iter_mut().for_each(|error| errors::complete(error, &caller));
        if let Some(cost) = cost.and_then(|cost| async_graphql::to_value(cost).ok()) {
            response.extensions.insert("cost".to_owned(), cost);
        }
        let outcome = if response.errors.is_empty() { Outcome::Done } else { Outcome::Failed };
        if let Outcome::Failed = outcome {
            span.record("otel.status_code", "ERROR");
        }
        let answer = media.answer(&response);
        counted.answered(outcome, started.elapsed());
        answer
    }

    /// Holds a request to everything that can be known before it is run.
    fn prepare(&self, request: GraphRequest) -> Result<Ready, Refused> {
        let (asked, call) = request.take()?;
        let Found { parsed: document, unchecked } = self.documents.find(asked, &self.limits)?;
        let cost = cost::cost(&document, &call.variables, &self.limits)?;
        cost.check(&self.limits)?;
        if let Some(operation) = call.operation(&document) {
            self.graph.check_variables(operation, &call.variables)?;
        }
        if let Some(text) = unchecked {
            self.graph.check(&document, call.operation.as_deref(), call.variables.clone())?;
            self.documents.remember(text, Arc::clone(&document));
        }
        Ok(Ready { document, cost: call.wants_cost.then_some(cost), call })
    }

    /// Runs a request; nothing when that panicked. A query ends when its client leaves. A mutation runs as
    /// a task of its own, so that it never stops half-way, but not beyond its deadline: then its transaction is taken
    /// back.
    async fn run(self, request: GraphqlRequest, changes_data: bool, deadline: Deadline) -> Option<GraphResponse> {
        let run = deadline.scope(async move { self.graph.run(request).await });
        let run = async move { deadline.hold(run).await.unwrap_or_else(|_| late()) };
        let run = AssertUnwindSafe(run).catch_unwind();
        let done = match changes_data {
            true => tokio::spawn(run.instrument(tracing::Span::current())).await.ok()?,
            false => run.await,
        };
        done.inspect_err(|panic| tracing::error!(panic = graph_host::app::panic_text(&**panic), "a resolver panicked"))
            .ok()
    }
}

/// The response to a request whose deadline passed before it was done.
fn late() -> GraphResponse {
    let error = errors::hidden(errors::Code::Late, &Late).into_server_error(Pos::default());
    GraphResponse::from_errors(vec![error])
}

/// The deadline of a request passed.
#[derive(Debug, thiserror::Error)]
#[error("the deadline passed")]
struct Late;

/// 405 of a mutation that came by GET, which a link or an image could have sent.
fn only_by_post() -> Problem {
    Problem::new(Code::MethodNotAllowed, "Only queries may be sent by GET; send mutations by POST.")
        .with_header(ALLOW, HeaderValue::from_static("POST"))
}
