//! Settings, the log with one line a request, listening and stopping.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::auth::{Tokens, require_token};

/// The value of a variable that must be set.
pub fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} must be set"))
}

/// Serves `routes` behind the token check at `LISTEN`, until SIGTERM.
pub async fn serve(routes: Router) -> std::io::Result<()> {
    tracing_subscriber::fmt().json().flatten_event(true).with_target(false).with_writer(std::io::stderr).init();
    let tokens = Tokens::new(&setting("JWT_SECRET"), &setting("JWT_ISSUER"), &setting("JWT_SUBJECTS"));
    let app = routes
        .layer(from_fn_with_state(Arc::new(tokens), require_token))
        .route("/status", get(async || r#"{"status":"OK"}"#))
        .layer(from_fn(request_line));
    let listener = TcpListener::bind(setting("LISTEN")).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let mut terminate = signal(SignalKind::terminate())?;
    let stopped = async move {
        terminate.recv().await;
    };
    axum::serve(listener, app).with_graceful_shutdown(stopped).await
}

async fn request_line(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let micros = started.elapsed().as_micros() as u64;
    tracing::info!(%method, route, status = response.status().as_u16(), micros, "answered");
    response
}
