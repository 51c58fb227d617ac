//! The answers of the graph, as the documents of all clients shape them.
//!
//! A document that looks something up calls it `found`. A document that changes something calls the outcome
//! `result`, and what was stored `saved`. A test in each BFF holds its documents to that.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{
    AGE, CACHE_CONTROL, CONTENT_LOCATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, VARY, WARNING,
};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use graph_call::Answer;
use graph_host::problem::{Code, Problem};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client::CLIENT_TYPE;
use crate::conditions::{Conditions, Known};
use crate::etag::{Etag, Shape};
use crate::input::Resource;
use crate::view::{View, version};

/// The media type of every answer that is not a problem.
pub(crate) const JSON: [(HeaderName, HeaderValue); 1] = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];

/// What a cache may do with an answer that has an entity tag: keep it for its one user, and ask each time
/// whether it still holds. What is at a path depends on the client type; that another user's token gets no
/// answer from a cache goes without saying (RFC 9110, section 12.5.5).
fn revalidate(tag: &Etag) -> [(HeaderName, HeaderValue); 3] {
    [
        (ETAG, tag.header()),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (VARY, HeaderValue::from_name(CLIENT_TYPE)),
    ]
}

/// The data of a document that changes something.
#[derive(Deserialize)]
struct Changed<'a> {
    #[serde(borrow)]
    result: Outcome<'a>,
}

/// One of the typed results of a mutation; which fields are there depends on which it is.
#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow, rename = "__typename")]
    is: Cow<'a, str>,
    #[serde(borrow)]
    saved: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    fields: Vec<InvalidField<'a>>,
}

#[derive(Deserialize)]
struct InvalidField<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

/// What a mutation stored; `null` when it removed something.
///
/// # Errors
/// The problem for each outcome that is not success: 400, 404, 412 or 422; and for a call that failed.
pub(crate) fn settled<'a>(answer: &'a Answer, resource: &Resource) -> Result<&'a RawValue, Problem> {
    let Changed { result } = answer.data()?;
    match (&*result.is, result.saved) {
        ("BookSaved" | "CustomerSaved", Some(saved)) => Ok(saved),
        ("BookDeleted" | "CustomerDeleted", _) => Ok(RawValue::NULL),
        ("IsbnTaken" | "UserIdTaken", _) => Err(Problem::new(Code::AlreadyExists, result.message.into_owned())),
        ("IdempotencyKeyReused", _) => Err(Problem::new(Code::IdempotencyKeyReused, result.message.into_owned())),
        ("BookNotFound" | "CustomerNotFound", _) => Err(Problem::not_found(result.message.into_owned())),
        ("BookChanged" | "CustomerChanged", _) => {
            Err(Problem::new(Code::PreconditionFailed, result.message.into_owned()))
        }
        ("InvalidInput", _) => Err(invalid(result.fields, resource)),
        (other, _) => {
            tracing::error!(result = other, "a result that no client knows");
            Err(Problem::internal())
        }
    }
}

fn invalid(fields: Vec<InvalidField<'_>>, resource: &Resource) -> Problem {
    let fault = |one: InvalidField<'_>| (resource.rest_name(&one.field).to_owned(), one.message.into_owned());
    resource.invalid(fields.into_iter().map(fault).collect())
}

/// What was read of one thing, as a client sees it, unless the client has it already.
pub(crate) fn found(
    shape: &Shape,
    view: View,
    row: Option<&str>,
    conditions: &Conditions,
    missing: impl Fn() -> String,
) -> Result<Response, Problem> {
    let row = row.ok_or_else(|| Problem::not_found(missing()))?;
    let tag = shape.tag(version(row)?);
    tagged(&tag, conditions, || shown(view, row))
}

/// The body that has this tag, or 304 when the client has it already.
pub(crate) fn tagged(
    tag: &Etag,
    conditions: &Conditions,
    body: impl FnOnce() -> Result<Vec<u8>, Problem>,
) -> Result<Response, Problem> {
    match conditions.on_read(tag)? {
        Known::Already => Ok((StatusCode::NOT_MODIFIED, revalidate(tag)).into_response()),
        Known::Not => Ok((revalidate(tag), JSON, body()?).into_response()),
    }
}

/// The same answer, marked when what it tells was read a while ago (RFC 9111, section 5.1; `Warning` as RFC 7234,
/// section 5.5.1, had it).
pub(crate) fn aged(mut response: Response, age: Option<Duration>) -> Response {
    if let Some(age) = age {
        let stale = [
            (AGE, HeaderValue::from(age.as_secs())),
            (WARNING, HeaderValue::from_static("110 - \"Response is Stale\"")),
        ];
        response.headers_mut().extend(stale);
    }
    response
}

/// What was stored at `path`, as a client sees it, with the tag that a later change can be made to depend on.
pub(crate) fn stored(shape: &Shape, view: View, row: &RawValue, path: HeaderValue) -> Result<Response, Problem> {
    let tag = shape.tag(version(row.get())?);
    // The body is what a GET of that path would get (RFC 9110, section 8.7), not an echo of the request.
    let place = [(CONTENT_LOCATION, path)];
    Ok((revalidate(&tag), place, JSON, shown(view, row.get())?).into_response())
}

/// The text of a row that was read by its key.
pub(crate) fn text(row: Option<&Bytes>) -> Result<Option<&str>, Problem> {
    // It is a part of a text that was read as JSON before.
    row.map(|row| std::str::from_utf8(row)).transpose().map_err(|_| Problem::internal())
}

/// A row as a client sees it.
pub(crate) fn shown(view: View, row: &str) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::with_capacity(row.len());
    view(row, &mut out).map_err(|error| unreadable(&error))?;
    Ok(out)
}

/// The `Location` of a thing that was just made.
pub(crate) fn location(folder: &str, key: impl std::fmt::Display) -> Result<HeaderValue, Problem> {
    HeaderValue::try_from(format!("{folder}/{key}")).map_err(|_| Problem::internal())
}

/// The problem of a row that a view cannot read.
pub(crate) fn unreadable(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "a view does not fit its document");
    Problem::internal()
}
