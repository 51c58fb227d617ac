//! The log: one structured line a request on standard error, readable alone, with no secret in it.

use std::io::IsTerminal;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use crate::app::Shed;
use crate::metrics;

/// The header that carries a request's id from part to part, and back to the client.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id taken over from a client, in bytes.
const REQUEST_ID_MAX_BYTES: usize = 64;

/// Starts the log: text on a terminal, JSON lines elsewhere, filtered by `RUST_LOG` (default `info`).
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // When nobody reads the log any more, the work goes on.
    let lines = lines.log_internal_errors(false);
    if std::io::stderr().is_terminal() {
        let _ = lines.compact().try_init();
    } else {
        let _ = lines.with_ansi(false).json().flatten_event(true).with_span_list(false).try_init();
    }
}

/// Writes the line of a request and gives it its id, in the log, to the handler and in the answer.
pub async fn request_line(State(part): State<&'static str>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = request.method().clone();
    let span = tracing::info_span!("request", part, id = id.to_str().unwrap_or_default());
    let started = Instant::now();
    async move {
        let mut response = next.run(request).await;
        let status = response.status();
        let route = response.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
        let took = started.elapsed();
        metrics::answered(part, &method, route, status, took);
        if response.extensions().get::<Shed>().is_none() {
            let (status, micros) = (status.as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
            tracing::info!(%method, route, status, micros, "answered");
        }
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

/// The id that the client sent, when it is short and plain, or a new one.
pub(crate) fn request_id(request: &Request) -> HeaderValue {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    match request.headers().get(REQUEST_ID) {
        Some(id) if (1..=REQUEST_ID_MAX_BYTES).contains(&id.len()) && id.as_bytes().iter().all(plain) => id.clone(),
        _ => new_request_id(),
    }
}

fn new_request_id() -> HeaderValue {
    let mut bytes = [0_u8; 8];
    // Without randomness the id is zero, which only makes the log harder to read.
    let _ = getrandom::fill(&mut bytes);
    let text = format!("{:016x}", u64::from_be_bytes(bytes));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("0"))
}
