//! The answers to clients: what was found, stored or kept, with the headers that go with it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{
    AGE, CACHE_CONTROL, CONTENT_LOCATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, VARY, WARNING,
};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use graph_host::problem::Problem;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::value::RawValue;

use crate::client_type::CLIENT_TYPE;
use crate::conditions::{Conditions, Known};
use crate::etag::{Etag, Shape};
use crate::json::Text;
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

/// What was read of one thing, as a client sees it, unless the client has it already.
pub(crate) fn found(
    shape: &Shape,
    view: &View,
    row: Option<&str>,
    conditions: &Conditions,
    missing: impl Fn() -> String,
) -> Result<Response, Problem> {
    let row = row.ok_or_else(|| Problem::not_found(missing()))?;
    let tag = shape.tag(version(row)?);
    tagged(&tag, conditions, || shown(view, row))
}

/// What was read of one thing that says nothing of its state, so that no cache can keep it.
pub(crate) fn untagged(view: &View, row: Option<&str>, missing: impl Fn() -> String) -> Result<Response, Problem> {
    let row = row.ok_or_else(|| Problem::not_found(missing()))?;
    Ok(([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], JSON, shown(view, row)?).into_response())
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
pub(crate) fn stored(shape: &Shape, view: &View, row: &RawValue, path: HeaderValue) -> Result<Response, Problem> {
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
pub(crate) fn shown(view: &View, row: &str) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::with_capacity(row.len());
    view.write(row, &mut out).map_err(|error| unreadable(&error))?;
    Ok(out)
}

/// What cannot stand in a part of a path as it is (RFC 3986, section 3.3).
const NOT_IN_PATH: AsciiSet = CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'<').add(b'>').add(b'?');

/// Where a thing is that was just stored: at `place`, whose parameters are fields of `row`, or else those of the request.
pub(crate) fn location(place: &str, row: &RawValue, path: &[(&str, &str)]) -> Result<HeaderValue, Problem> {
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(row.get()).map_err(|error| unreadable(&error))?;
    let (mut at, mut rest) = (String::with_capacity(place.len()), place);
    while let Some((before, name, behind)) = next_parameter(rest) {
        let field = fields.get(name).map(|value| text_of(value));
        let asked = || path.iter().find(|(one, _)| *one == name).map(|(_, value)| Cow::Borrowed(*value));
        let value = field.or_else(asked).ok_or_else(|| {
            tracing::error!(place, name, "nothing is called as a parameter of the place");
            Problem::internal()
        })?;
        at.push_str(before);
        at.extend(utf8_percent_encode(&value, &NOT_IN_PATH));
        rest = behind;
    }
    at.push_str(rest);
    HeaderValue::try_from(at).map_err(|_| Problem::internal())
}

/// The first parameter of a path, with what is before and behind it.
fn next_parameter(path: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = path.split_once('{')?;
    let (name, behind) = rest.split_once('}')?;
    Some((before, name, behind))
}

/// The text in a JSON text, or any other value as it is written.
fn text_of(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str(value.get()).map_or(Cow::Borrowed(value.get()), |Text(text)| text)
}

/// The problem of a row that a view cannot read.
pub(crate) fn unreadable(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "a view does not fit its document");
    Problem::internal()
}
