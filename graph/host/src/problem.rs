//! The one shape of an error answer: RFC 9457 `application/problem+json` with a `message` for people.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Serialize;

/// How long a client should wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");

/// An error answer that a client may read. Nothing internal belongs in it.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    message: Cow<'static, str>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The members on the wire (RFC 9457, section 3.1), and `message`, which repeats `detail` for apps.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    message: &'a str,
}

impl Problem {
    /// A problem with one sentence that a person understands.
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), headers: Vec::new() }
    }

    /// 400 with a sentence that names the fields at fault.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404 with a sentence that says what was not found.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 503 that says when to try again.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    /// 500 that tells nothing; the cause belongs in the log.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side; please try again later.")
    }

    /// The same problem with one more header in its answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The status code of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence for the person who asked.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.message,
            message: &self.message,
        };
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            // Some errors, such as 404, may otherwise be kept by caches (RFC 9110, section 15.1).
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (self.status, AppendHeaders(self.headers), headers, json).into_response()
    }
}
