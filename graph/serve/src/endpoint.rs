//! Answering one request: its document is found and held to the limits and the schema, then run.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::{Executor, Pos, Response as GraphResponse, Value, Variables};
use axum::http::Method;
use axum::http::header::{ALLOW, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use graph_host::auth::{Caller, unauthorized};
use graph_host::identity::Role;
use graph_host::problem::{Code, Problem};
use graph_host::rights::Rights;
use graph_host::trace::SPANS;
use tracing::Instrument;
use tracing::field::Empty;

use crate::ceiling::{Cost, Limits};
use crate::documents::Documents;
use crate::errors;
use crate::errors::ERRORS_MAX;
use crate::graph::Graph;
use crate::media::Media;
use crate::meters::{OperationMeters, Outcome};
use crate::plan::{Document, Plan, joined};
use crate::request::{GraphRequest, Refused};
use crate::row::Room;
use crate::variables;

/// A graph, and which documents of it are run.
#[derive(Clone)]
pub(crate) struct Endpoint<E> {
    pub(crate) graph: Graph<E>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) limits: Limits,
    pub(crate) meters: OperationMeters,
    pub(crate) rights: Arc<Rights>,
}

/// A request that may be run.
struct Ready {
    document: Arc<Document>,
    plan: Arc<Plan>,
    variables: Variables,
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
        let ready = match request.and_then(|request| self.prepare(request, &caller)) {
            Ok(ready) => ready,
            Err(refused) => {
                meters.refused().answered(Outcome::Refused, started.elapsed());
                // Who has no token learns no more.
                if caller.who.roles.has(Role::Nobody) {
                    return unauthorized().into_response();
                }
                return media.refusal(refused);
            }
        };
        let Ready { document, plan, variables, cost } = ready;
        let changes_data = plan.changes_data();
        if changes_data && *method == Method::GET {
            return only_by_post().into_response();
        }
        let counted = meters.of(plan.only_root());
        let span = tracing::info_span!(
            target: SPANS,
            "graphql",
            otel.name = counted.name,
            otel.status_code = Empty,
            graphql.operation.name = counted.name,
            graphql.operation.type = if changes_data { "mutation" } else { "query" },
        );
        let run = self.run(plan, variables, changes_data, caller.clone());
        let Some(mut response) = run.instrument(span.clone()).await else {
            span.record("otel.status_code", "ERROR");
            counted.answered(Outcome::Failed, started.elapsed());
            return media.broken(&caller);
        };
        response.errors.truncate(ERRORS_MAX);
        document.place(&mut response.errors);
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
    fn prepare(&self, request: GraphRequest, caller: &Caller) -> Result<Ready, Refused> {
        let (asked, call) = request.take()?;
        let document = self.documents.find(asked, &self.limits)?;
        let operation = document.operation(call.operation.as_deref())?;
        operation.allow(caller.who.roles)?;
        let variables = variables::coerced(&self.graph.types, operation.variables(), call.variables)?;
        let plan = operation.plan(&self.graph.types, &variables)?;
        let cost = document.structure.with_plan(plan.weigh(&variables, &self.limits));
        cost.check(&self.limits)?;
        Ok(Ready { plan, variables, cost: call.wants_cost.then_some(cost), document })
    }

    /// Runs an operation; nothing when that panicked. A query ends when its client leaves. A mutation runs as
    /// a task of its own, so that it never stops half-way, but not beyond its deadline: then its transaction is taken
    /// back.
    async fn run(
        self,
        plan: Arc<Plan>,
        variables: Variables,
        changes_data: bool,
        caller: Caller,
    ) -> Option<GraphResponse> {
        let (deadline, trace) = (caller.deadline, caller.trace.clone());
        // In a box before others are made around it, which would copy it.
        let run = Box::pin(async move { self.steps(&plan, variables, &caller).await });
        let run = deadline.scope(run);
        let run = async move { deadline.hold(run).await.unwrap_or_else(|_| late()) };
        let run = AssertUnwindSafe(run).catch_unwind();
        let done = match changes_data {
            true => tokio::spawn(trace.carry(run).instrument(tracing::Span::current())).await.ok()?,
            false => run.await,
        };
        done.inspect_err(|panic| tracing::error!(panic = graph_host::app::panic_text(&**panic), "a resolver panicked"))
            .ok()
    }

    /// Runs the parts of an operation one after the other. What is after one that made all null does not run.
    async fn steps(&self, plan: &Plan, variables: Variables, caller: &Caller) -> GraphResponse {
        let (room, mut whole) = (Arc::new(Room::new(self.limits.answer_bytes)), None);
        for request in plan.requests(variables) {
            let response = self
                .graph
                .run(request.data(caller.clone()).data(Arc::clone(&room)).data(Arc::clone(&self.rights)))
                .await;
            let response = plan.completed(response);
            let is_last = response.data == Value::Null;
            whole = Some(match whole {
                None => response,
                Some(before) => joined(before, response),
            });
            if is_last {
                break;
            }
        }
        whole.unwrap_or_default()
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
