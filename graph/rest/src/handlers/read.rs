//! GET of one thing, by a key in the path or in the query string.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use graph_call::{Coalescer, Read, Row, Stale, Upstream};
use graph_host::auth::Caller;
use graph_host::problem::Problem;

use crate::answers::{aged, found, text, untagged};
use crate::conditions::Conditions;
use crate::etag::Shape;
use crate::field::Field;
use crate::operation::{Operation, Unfit};
use crate::path::InPath;
use crate::query::Query;
use crate::view::View;

/// A document that looks things up.
pub(crate) struct Reading {
    rows: Coalescer,
    kept: Arc<Stale<Row>>,
    view: View,
    tags: Shape,
    /// What people call such a thing.
    thing: String,
    key: Field,
    in_path: bool,
    /// Whether rows say which state they are of.
    versioned: bool,
}

impl Reading {
    /// The handler of `operation`, which keeps its answers where `kept` says, by the name of its key.
    ///
    /// # Errors
    /// [`Unfit`] when the document has no key.
    pub(super) fn new(
        upstream: Upstream,
        operation: Operation,
        view: View,
        tags: Shape,
        kept: impl FnOnce(&str) -> Arc<Stale<Row>>,
    ) -> Result<Self, Unfit> {
        let document = operation.document;
        let versioned = operation.row.as_ref().is_some_and(|row| row.versioned);
        let thing = operation.row.map(|row| row.thing()).unwrap_or_default();
        let key = operation.parameters.into_iter().next();
        let key = key.ok_or_else(|| Unfit(format!("the document {} has no key", document.operation)))?;
        let rows = Coalescer::new(upstream, document, &key.field.rest);
        Ok(Self {
            rows,
            kept: kept(&key.field.rest),
            view,
            tags,
            thing,
            in_path: key.in_path,
            key: key.field,
            versioned,
        })
    }

    /// The key that a request names in its query string.
    fn in_query(&self, query: Option<&str>) -> Result<String, Problem> {
        let name = &self.key.rest;
        let query = Query::read(query, &[name])?;
        let key = query.get(name).ok_or_else(|| {
            let about =
                self.key.bounds.format.as_deref().map_or(String::new(), |format| format!(": {}", named(format)));
            Problem::bad_parameter(name, format!("must be given{about}"))
        })?;
        Ok(key.to_owned())
    }
}

/// What people call a text of this format.
fn named(format: &str) -> String {
    match format {
        "email" => "an e-mail address".to_owned(),
        other => format!("of the format {other}"),
    }
}

/// One thing.
pub(super) async fn read(
    State(reading): State<Arc<Reading>>,
    caller: Caller,
    conditions: Conditions,
    path: InPath,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Reading { rows, kept, view, tags, thing, key, in_path, versioned } = &*reading;
    let value = if *in_path { path.get(key, thing)?.to_owned() } else { reading.in_query(query.as_deref())? };
    let row = rows.read(&caller, value.clone()).await;
    let row = if *in_path { row } else { row.map_err(|problem| problem.or_blame_parameter(&key.rest)) };
    if !versioned {
        return untagged(view, text(row?.as_ref())?, || missing(thing, key, &value));
    }
    let Read { value: row, age } = kept.settle(&caller, || value.clone(), row)?;
    let answer = found(tags, view, text(row.as_ref())?, &conditions, || missing(thing, key, &value))?;
    Ok(aged(answer, age))
}

/// What is said when nothing has a key.
fn missing(thing: &str, key: &Field, value: &str) -> String {
    format!("There is no {thing} with the {} {value}.", key.rest)
}
