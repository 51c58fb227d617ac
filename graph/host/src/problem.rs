//! The one shape of an error answer: RFC 9457 `application/problem+json` with a `message` for people.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Serialize;

pub use crate::code::Code;
pub use crate::fault::Fault;

/// How long a client should wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
/// Some errors, such as 404, may otherwise be kept by caches (RFC 9110, section 15.1).
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// An error answer that a client may read. Nothing internal belongs in it.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    message: Cow<'static, str>,
    faults: Vec<Fault>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The members on the wire (RFC 9457, section 3.1), and those of the bookstore: `message` repeats `detail`
/// for apps.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    message: &'a str,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
}

impl Problem {
    /// A problem with one sentence that a person understands.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), faults: Vec::new(), headers: Vec::new() }
    }

    /// 400 with a sentence that names the fields at fault.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, message)
    }

    /// 404 with a sentence that says what was not found.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// 503 that says when to try again.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Unavailable, message).with_header(RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    /// 503 of a part that has more to do than it can.
    pub fn busy() -> Self {
        Self::unavailable("The bookstore has too much to do at the moment; please try again.")
    }

    /// 500 that tells nothing; the cause belongs in the log.
    pub fn internal() -> Self {
        Self::new(Code::Internal, "Something went wrong on our side; please try again later.")
    }

    /// 400 for one parameter of the path or the query string, which the sentence names first.
    pub fn bad_parameter(name: &str, what: impl Into<Cow<'static, str>>) -> Self {
        let what = what.into();
        Self::bad_request(format!("{name} {what}.")).with_faults(vec![Fault::in_parameter(name, what)])
    }

    /// 400 for one header, which the sentence names first.
    pub fn bad_header(name: &'static str, what: impl Into<Cow<'static, str>>) -> Self {
        let what = what.into();
        Self::bad_request(format!("{name} {what}.")).with_faults(vec![Fault::in_header(name, what)])
    }

    /// The same problem, blamed on a parameter when it is a 400 that blames nothing yet.
    #[must_use]
    pub fn or_blame_parameter(mut self, name: &str) -> Self {
        if self.code == Code::InvalidRequest && self.faults.is_empty() {
            self.faults.push(Fault::in_parameter(name, self.message.clone()));
        }
        self
    }

    /// The same problem with one more header in its answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same problem with the places at fault.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// The status code of the answer.
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The sentence for the person who asked.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn json(&self, request_id: Option<&str>) -> Vec<u8> {
        let status = self.status();
        let members = Members {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: &self.message,
            message: &self.message,
            code: self.code,
            request_id,
            errors: &self.faults,
        };
        serde_json::to_vec(&members).unwrap_or_default()
    }
}

impl Problem {
    /// The whole answer to the request with this id.
    pub(crate) fn answer(&mut self, request_id: Option<&str>) -> Response {
        let headers = AppendHeaders(std::mem::take(&mut self.headers));
        let fixed = [(CONTENT_TYPE, PROBLEM_JSON), (CACHE_CONTROL, NO_STORE)];
        (self.status(), headers, fixed, self.json(request_id)).into_response()
    }
}

impl IntoResponse for Problem {
    /// The answer; the layers of every part add the request's id to it.
    fn into_response(mut self) -> Response {
        let mut response = self.answer(None);
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives a problem the request's id, and an error that is none of ours the shape of all problems.
pub(crate) fn complete(mut response: Response, request_id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_json(response.headers()) => return response,
        None => foreign(status),
    };
    let (mut parts, _) = response.into_parts();
    parts.status = problem.status();
    parts.headers.remove(CONTENT_LENGTH);
    // Not `extend`, which would add to those that are there.
    parts.headers.insert(CONTENT_TYPE, PROBLEM_JSON);
    parts.headers.insert(CACHE_CONTROL, NO_STORE);
    Response::from_parts(parts, Body::from(problem.json(Some(request_id))))
}

/// What a library of ours refused by itself, in its own words that are not for clients.
fn foreign(status: StatusCode) -> Problem {
    let reason = status.canonical_reason().unwrap_or("Error");
    Problem::new(Code::of(status), format!("The request cannot be answered: {reason}."))
}

/// Whether an answer has a shape of its own, such as the errors of GraphQL.
fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()?.parse::<mime::Mime>().ok());
    media.is_some_and(|media| media.subtype() == mime::JSON || media.suffix() == Some(mime::JSON))
}
