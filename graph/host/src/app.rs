//! The layers that every part has around its routes.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use crate::body::linger;
use crate::logs;
use crate::problem::Problem;

/// How long an answer may take to begin, in seconds; beyond it the client gets 408 or 504.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A part of the bookstore: `routes` with its own checks, and around them what all parts share.
pub fn app(part: &'static str, routes: Router) -> Router {
    routes
        // Added behind the checks that `routes` brings: it needs no token and no client type.
        .route("/status", get(status).fallback(method_not_allowed))
        // A refusal reaches also those who are still sending.
        .layer(from_fn(linger))
        // A handler that hangs, or a body that trickles in, ends here.
        .layer(from_fn(within_time))
        // A panic is one 500 and one line in the log; the process lives on.
        .layer(CatchPanicLayer::custom(panicked))
        // Outermost, so that every answer has its line and its id.
        .layer(from_fn_with_state(part, logs::request_line))
}

/// 404 of a path that no route has.
pub async fn path_not_found(request: Request) -> Problem {
    Problem::not_found(format!("There is nothing at {}.", request.uri().path()))
}

/// 405 of a method that a route does not have; axum adds the `Allow` header.
pub async fn method_not_allowed(request: Request) -> Problem {
    let message = format!("{} does not answer {}.", request.uri().path(), request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, message)
}

async fn status() -> impl IntoResponse {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], r#"{"status":"OK"}"#)
}

async fn within_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "The request took too long.").into_response(),
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    tracing::error!(panic = panic_text(&*panic), "a handler panicked");
    Problem::internal().into_response()
}

/// What a panic said, for the log.
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
