//! The documentation of a BFF: its OpenAPI document, and a page that shows it and tries calls.
//!
//! Neither needs a token or a client type: a browser that opens them can send neither. The page and its files
//! are in the binary, and its policy lets nothing in from elsewhere.

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use graph_host::app::{method_not_allowed, path_not_found};
use graph_host::files::File;

use crate::openapi;

include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

const PAGE: &str = include_str!("../docs/page.html");
const PAGE_WITHOUT: &str = include_str!("../docs/missing.html");
const SCRIPT: &str = include_str!("../docs/page.js");
const STYLE: &str = include_str!("../docs/page.css");

/// What the page may load and do: its own files, its own requests, and the images inside its styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-cache"),
];

/// The routes of the documentation; `document` is the OpenAPI document.
pub(crate) fn routes(document: String) -> Router {
    let document = Bytes::from(document);
    let headers =
        [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let read = move || async move { (headers, document) };
    Router::new()
        .route(openapi::PATH, get(read).fallback(method_not_allowed))
        .route("/docs", get(page).fallback(method_not_allowed))
        .route("/docs/{file}", get(file).fallback(method_not_allowed))
}

async fn page() -> Response {
    match MISSING {
        None => (HEADERS, PAGE).into_response(),
        Some(why) => (HEADERS, PAGE_WITHOUT.replace("{missing}", why)).into_response(),
    }
}

async fn file(request: Request) -> Response {
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    let found = match name {
        "page.js" => Some(File::Own(SCRIPT)),
        "page.css" => Some(File::Own(STYLE)),
        _ => File::library(name, LIBRARIES),
    };
    match found {
        Some(file) => file.answer(name, request.headers()),
        None => path_not_found(request).await.into_response(),
    }
}
