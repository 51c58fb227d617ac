//! GET of something that is no thing with a key.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use graph_call::{Repeat, Upstream};
use graph_host::auth::Caller;
use graph_host::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::answers::untagged;
use crate::operation::{Operation, blamed};
use crate::path::InPath;
use crate::query::Query;
use crate::view::View;

/// A document that shows something.
pub(crate) struct Showing {
    pub(super) upstream: Upstream,
    pub(super) operation: Operation,
    pub(super) view: View,
}

/// The data of such a document.
#[derive(Deserialize)]
struct Shown<'a> {
    #[serde(borrow)]
    found: Option<&'a RawValue>,
}

/// What the parameters ask for.
pub(super) async fn show(
    State(showing): State<Arc<Showing>>,
    caller: Caller,
    path: InPath,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Showing { upstream, operation, view } = &*showing;
    let parameters = &operation.parameters;
    let known = parameters.iter().filter(|one| !one.in_path).map(|one| one.field.rest.as_str());
    let query = Query::read(query.as_deref(), &known.collect::<Vec<_>>())?;
    let mut variables = Map::new();
    for parameter in parameters {
        let field = &parameter.field;
        let value = match parameter.in_path {
            true => Some(Value::from(path.get(field, "thing")?)),
            false => query.variable(field)?,
        };
        match value {
            Some(value) => _ = variables.insert(field.rest.clone(), value),
            None if field.optional => {}
            None => return Err(Problem::bad_parameter(&field.rest, "must be given")),
        }
    }
    let answer = upstream.ask(&caller, operation.document, &variables, Repeat::Harmless).await?;
    let Shown { found } = answer.data().map_err(|error| blamed(error, parameters))?;
    untagged(view, found.map(RawValue::get), || "There is no such thing.".to_owned())
}
