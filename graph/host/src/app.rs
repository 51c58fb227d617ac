//! The layers that every part has around its routes.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::body::linger;
use crate::compress::compress;
use crate::cors::{Cors, cors};
use crate::problem::{Code, Problem, complete};
use crate::{logs, manners, metrics};

/// How long an answer may take to begin, in seconds; beyond it the client gets 408 or 504.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A part of the bookstore: `routes` with its own checks, and around them what all parts share.
pub fn app(part: &'static str, routes: Router) -> Router {
    app_for_sites(part, None, routes)
}

/// A part that pages of other sites may use as well.
pub fn app_for_sites(part: &'static str, sites: Option<Cors>, routes: Router) -> Router {
    metrics::begin(part);
    let routes = routes
        // Added behind the checks that `routes` brings: it needs no token and no client type.
        .route("/status", get(status).fallback(method_not_allowed))
        // A refusal reaches also those who are still sending.
        .layer(from_fn(linger))
        // A panic is one 500 and one line in the log; the process lives on.
        .layer(CatchPanicLayer::custom(panicked))
        // A handler that hangs, or a body that trickles in, ends here; every error becomes a whole problem.
        .layer(from_fn(answered))
        // Large answers travel compressed, problems among them.
        .layer(from_fn(compress));
    let part = ServiceBuilder::new()
        // Outermost, so that every answer has its line and its id.
        .layer(from_fn_with_state(part, logs::request_line))
        // What HTTP asks of every route: HEAD, OPTIONS, and headers that keep browsers safe. It is around the
        // router and not in it, because the router writes `Allow` behind its own layers.
        .layer(from_fn(manners::mind))
        // Before all checks of the routes: browsers ask their question without a token and a client type.
        .option_layer(sites.map(|sites| from_fn_with_state(sites, cors)))
        .service(routes);
    Router::new().fallback_service(part)
}

/// 404 of a path that no route has.
pub async fn path_not_found(request: Request) -> Problem {
    Problem::new(Code::PathNotFound, format!("There is nothing at {}.", request.uri().path()))
}

/// 405 of a method that a route does not have; axum adds the `Allow` header.
pub async fn method_not_allowed(request: Request) -> Problem {
    let message = format!("{} does not answer {}.", request.uri().path(), request.method());
    Problem::new(Code::MethodNotAllowed, message)
}

async fn status() -> impl IntoResponse {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], r#"{"status":"OK"}"#)
}

async fn answered(request: Request, next: Next) -> Response {
    let id = logs::request_id(&request);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Code::RequestTimeout, "The request took too long.").into_response(),
    };
    let mut response = complete(response, id.to_str().unwrap_or_default());
    // For the line in the log.
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
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
