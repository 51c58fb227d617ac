//! GraphiQL for people who open `/graphql` in a browser.
//!
//! The page and its files are in the binary, so that it works without the internet, and under a policy
//! that lets nothing in from elsewhere.

mod files;

use axum::extract::Request;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};

pub(crate) use files::file;

/// Where the files of the page are; they say nothing secret, so they need no token.
pub(crate) const FILES: &str = "/graphql/playground/{file}";

const PAGE: &str = include_str!("../../playground/page.html");
const PAGE_WITHOUT: &str = include_str!("../../playground/missing.html");

/// What the page may load and do: its own files, its own requests, and the images and fonts inside its styles.
///
/// The hash is that of the one style that GraphiQL 4.1.2 writes into the page: it holds the page still while
/// a dialog is open.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; connect-src 'self'; \
    img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-cache"),
    // The same address answers queries, to those who accept JSON.
    (VARY, "accept"),
];

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

/// The playground, or one sentence when this build has none.
pub(crate) fn page() -> Response {
    match files::MISSING {
        None => (HEADERS, PAGE).into_response(),
        Some(why) => (HEADERS, PAGE_WITHOUT.replace("{missing}", why)).into_response(),
    }
}
