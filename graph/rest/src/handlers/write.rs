//! POST, PUT and DELETE: a document that changes something.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use graph_call::{Answer, Repeat, Upstream};
use graph_host::auth::Caller;
use graph_host::body::JsonBody;
use graph_host::problem::Problem;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::act::NOT_KEPT;
use crate::answers::{JSON, location, shown, stored};
use crate::body::Input;
use crate::conditions::Conditions;
use crate::etag::Shape;
use crate::field::spoken;
use crate::idempotency::Idempotency;
use crate::kept::Kept;
use crate::operation::{IF_VERSION, KEY, Operation, Unfit};
use crate::outcome::settled;
use crate::path::InPath;
use crate::view::View;

/// A document that changes something.
pub(crate) struct Writing {
    upstream: Upstream,
    operation: Operation,
    /// Where what was stored is found.
    place: &'static str,
    /// What people call such a thing.
    thing: String,
    view: Option<View>,
    tags: Shape,
    kept: Arc<Kept>,
}

/// The variables of such a document.
#[derive(Default)]
pub(super) struct Variables<'a> {
    pub(super) path: Vec<(&'a str, &'a str)>,
    pub(super) body: Option<(&'a str, Input<'a>)>,
    pub(super) key: Option<&'a str>,
    pub(super) if_version: Option<Vec<&'a str>>,
}

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.path {
            map.serialize_entry(name, value)?;
        }
        if let Some((name, input)) = &self.body {
            map.serialize_entry(name, input)?;
        }
        if let Some(key) = self.key {
            map.serialize_entry(KEY, key)?;
        }
        if let Some(versions) = &self.if_version {
            map.serialize_entry(IF_VERSION, versions)?;
        }
        map.end()
    }
}

impl Writing {
    /// The handler of `operation`, after which a thing is found at `place`.
    ///
    /// # Errors
    /// [`Unfit`] when a parameter would be one of the query string.
    pub(super) fn new(
        upstream: Upstream,
        operation: Operation,
        place: &'static str,
        tags: Shape,
        kept: Arc<Kept>,
    ) -> Result<Self, Unfit> {
        let name = operation.document.operation;
        if let Some(stray) = operation.parameters.iter().find(|one| !one.in_path) {
            return Err(Unfit(format!("the document {name} has ${}, which is not in the path", stray.field.rest)));
        }
        let thing = match &operation.row {
            Some(row) => row.thing(),
            None => spoken(name).split_once(' ').map(|(_, thing)| thing.to_owned()).unwrap_or_default(),
        };
        let view = operation.row.as_ref().map(View::of);
        Ok(Self { upstream, operation, place, thing, view, tags, kept })
    }

    fn path<'a>(&'a self, path: &'a InPath) -> Result<Vec<(&'a str, &'a str)>, Problem> {
        path.all(&self.operation.parameters, &self.thing)
    }

    /// A body, for the variable that it is.
    fn input(&self, body: &JsonBody, path: &[(&str, &str)]) -> Result<Option<(&str, Input<'_>)>, Problem> {
        self.operation.body.as_ref().map(|known| Ok((known.variable.as_str(), known.read(&body.0, path)?))).transpose()
    }

    async fn ask(&self, caller: &Caller, variables: &Variables<'_>, repeat: Repeat) -> Result<Answer, Problem> {
        Ok(self.upstream.ask(caller, self.operation.document, variables, repeat).await?)
    }

    /// The problem of a document that neither did something nor said why not.
    fn neither(&self) -> Problem {
        tracing::error!(document = self.operation.document.operation, "neither saved nor refused");
        Problem::internal()
    }

    /// What was stored, as a client sees it, and where it is.
    fn stored(&self, saved: Option<&RawValue>, path: &[(&str, &str)]) -> Result<Response, Problem> {
        let (Some(saved), Some(view)) = (saved, &self.view) else { return Err(self.neither()) };
        stored(&self.tags, view, saved, location(self.place, saved, path)?)
    }
}

/// A new thing.
pub(super) async fn create(
    State(writing): State<Arc<Writing>>,
    caller: Caller,
    Idempotency(key): Idempotency,
    path: InPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    let path = writing.path(&path)?;
    let repeat = Repeat::with_key(key.as_deref());
    let body = writing.input(&body, &[])?;
    let variables = Variables { path, body, key: key.as_deref(), if_version: None };
    let answer = writing.ask(&caller, &variables, repeat).await;
    writing.kept.forget_pages();
    let answer = answer?;
    let saved = settled(&answer, &writing.operation)?;
    let mut response = writing.stored(saved, &variables.path)?;
    *response.status_mut() = StatusCode::CREATED;
    let place = response.headers().get(axum::http::header::CONTENT_LOCATION).cloned();
    response.headers_mut().extend(place.map(|place| (LOCATION, place)));
    Ok(response)
}

/// The wish for something that takes a while.
pub(super) async fn accept(
    State(writing): State<Arc<Writing>>,
    caller: Caller,
    Idempotency(key): Idempotency,
    path: InPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    let path = writing.path(&path)?;
    let body = writing.input(&body, &[])?;
    let variables = Variables { path, body, key: key.as_deref(), if_version: None };
    let answer = writing.ask(&caller, &variables, Repeat::with_key(key.as_deref())).await;
    writing.kept.forget_pages();
    let answer = answer?;
    let saved = settled(&answer, &writing.operation)?;
    let (Some(saved), Some(view)) = (saved, &writing.view) else { return Err(writing.neither()) };
    let place = [(LOCATION, location(writing.place, saved, &variables.path)?)];
    Ok((StatusCode::ACCEPTED, NOT_KEPT, place, JSON, shown(view, saved.get())?).into_response())
}

/// A thing replaced.
pub(super) async fn replace(
    State(writing): State<Arc<Writing>>,
    caller: Caller,
    conditions: Conditions,
    path: InPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    let if_version = conditions.on_write(&writing.tags)?;
    let path = writing.path(&path)?;
    let body = writing.input(&body, &path)?;
    let variables = Variables { path, body, key: None, if_version };
    let answer = changed(&writing, &caller, &variables).await?;
    writing.stored(settled(&answer, &writing.operation)?, &variables.path)
}

/// A thing removed.
pub(super) async fn delete(
    State(writing): State<Arc<Writing>>,
    caller: Caller,
    conditions: Conditions,
    path: InPath,
) -> Result<Response, Problem> {
    let path = writing.path(&path)?;
    let variables = Variables { path, if_version: conditions.on_write(&writing.tags)?, ..Variables::default() };
    let answer = changed(&writing, &caller, &variables).await?;
    settled(&answer, &writing.operation)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The answer to a change of a thing that may be kept. It is forgotten before, for a client that leaves, and after, for
/// those who read it meanwhile.
async fn changed(writing: &Writing, caller: &Caller, variables: &Variables<'_>) -> Result<Answer, Problem> {
    writing.kept.forget(&variables.path);
    let answer = writing.ask(caller, variables, Repeat::Harmful).await;
    writing.kept.forget(&variables.path);
    answer
}
