//! A mutation that is neither the making, the replacing nor the removing of a thing, such as opening a door.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{IntoResponse, Response};
use graph_call::{Repeat, Upstream};
use graph_host::auth::Caller;
use graph_host::body::JsonBody;
use graph_host::problem::Problem;

use super::write::Variables;
use crate::answers::{JSON, shown};
use crate::kept::Kept;
use crate::operation::{Operation, Unfit};
use crate::outcome::settled;
use crate::path::InPath;
use crate::view::View;

/// The answer is one client's alone, and may be a secret.
pub(super) const NOT_KEPT: [(axum::http::HeaderName, HeaderValue); 1] =
    [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// A document that does something.
pub(crate) struct Acting {
    upstream: Upstream,
    operation: Operation,
    status: StatusCode,
    view: Option<View>,
    /// What people call what its path names.
    thing: String,
    kept: Arc<Kept>,
}

impl Acting {
    /// The handler of `operation`, whose answer has this status when it is done.
    ///
    /// # Errors
    /// [`Unfit`] when a parameter would be one of the query string, or the status is none.
    pub(super) fn new(upstream: Upstream, operation: Operation, status: u16, kept: Arc<Kept>) -> Result<Self, Unfit> {
        let name = operation.document.operation;
        if let Some(stray) = operation.parameters.iter().find(|one| !one.in_path) {
            return Err(Unfit(format!("the document {name} has ${}, which is not in the path", stray.field.rest)));
        }
        let status = StatusCode::from_u16(status).ok().filter(StatusCode::is_success);
        let status =
            status.ok_or_else(|| Unfit(format!("the document {name} is done with a status that is no success")))?;
        let view = operation.row.as_ref().map(View::of);
        let thing = operation.body.as_ref().map_or_else(|| "thing".to_owned(), |body| body.thing.clone());
        Ok(Self { upstream, operation, status, view, thing, kept })
    }

    pub(super) fn has_body(&self) -> bool {
        self.operation.body.is_some()
    }

    async fn done(&self, caller: &Caller, path: &InPath, body: Option<&JsonBody>) -> Result<Response, Problem> {
        let Self { operation, status, .. } = self;
        let path = path.all(&operation.parameters, &self.thing)?;
        let known = operation.body.as_ref().zip(body);
        let body = match known {
            Some((known, body)) => Some((known.variable.as_str(), known.read(&body.0, &[])?)),
            None => None,
        };
        let variables = Variables { path, body, ..Variables::default() };
        let answer = self.upstream.ask(caller, operation.document, &variables, Repeat::Harmful).await;
        // What changed with it is not known here.
        self.kept.forget(&[]);
        let answer = answer?;
        match (settled(&answer, operation)?, &self.view) {
            (Some(saved), Some(view)) => Ok((*status, NOT_KEPT, JSON, shown(view, saved.get())?).into_response()),
            (None, None) => Ok((*status, NOT_KEPT).into_response()),
            _ => {
                tracing::error!(document = operation.document.operation, "neither done nor refused");
                Err(Problem::internal())
            }
        }
    }
}

/// Something done with a body.
pub(super) async fn with_body(
    State(acting): State<Arc<Acting>>,
    caller: Caller,
    path: InPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    acting.done(&caller, &path, Some(&body)).await
}

/// Something done without one.
pub(super) async fn without_body(
    State(acting): State<Arc<Acting>>,
    caller: Caller,
    path: InPath,
) -> Result<Response, Problem> {
    acting.done(&caller, &path, None).await
}
