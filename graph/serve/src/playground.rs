//! GraphiQL for people who open `/graphql` in a browser.

use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};

/// The page, with nothing in it that comes from elsewhere.
const PAGE: &str = include_str!("playground.html");

/// Whether this is a browser that opens the address, and not a client that sends a query.
pub(crate) fn is_asked_for(request: &Request) -> bool {
    let asks_nothing = !request.uri().query().unwrap_or_default().contains("query=");
    request.method() == Method::GET
        && request.uri().path() == "/graphql"
        && asks_nothing
        && reads_html(request.headers())
}

fn reads_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html")
}

pub(crate) fn page() -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], PAGE).into_response()
}
