//! The log: one structured line a request on standard error, readable alone, with no secret in it.

use std::io::IsTerminal;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::Response;
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::metrics::Requests;
use crate::mistakes::Mistakes;
use crate::observe::ObserveArgs;
use crate::tokens::ENDED_SESSIONS;
use crate::trace::{SPANS, Trace, Traces, random};

/// The header that carries a request's id from part to part, and back to the client.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id taken over from a client, in bytes.
const REQUEST_ID_MAX_BYTES: usize = 64;

/// Starts the log: text on a terminal, JSON lines elsewhere, filtered by `RUST_LOG` (default `info`); and the traces of
/// `service`, when they are to be sent anywhere. Settings that are wrong are left to those who read them all.
pub fn start(service: &'static str, observe: &ObserveArgs) -> Traces {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Spans that are exported are no lines.
    let filter = match format!("{SPANS}=off").parse() {
        Ok(off) => filter.add_directive(off),
        Err(_) => filter,
    };
    // When nobody reads the log any more, the work goes on.
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false).log_internal_errors(false);
    let lines = match std::io::stderr().is_terminal() {
        true => lines.compact().boxed(),
        false => lines.with_ansi(false).json().flatten_event(true).with_span_list(false).boxed(),
    };
    let Some(Some((endpoint, share))) = observe.traces.read(&mut Mistakes::default()) else {
        // The filter is that of all, so what it rules out costs nothing.
        let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
        return Traces::default();
    };
    let registry = tracing_subscriber::registry();
    match Traces::start(service, &endpoint, share) {
        Ok((spans, traces)) => {
            let _ = registry.with(lines.with_filter(filter)).with(spans).try_init();
            traces
        }
        Err(cause) => {
            let _ = registry.with(lines).with(filter).try_init();
            tracing::warn!(cause, "there are no traces");
            Traces::default()
        }
    }
}

/// Writes the line of a request and gives it its id, in the log, to the handler and in the answer.
pub(crate) async fn request_line<F: Future<Output = Response>>(
    requests: &Requests,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let part = requests.part();
    let id = request_id(&request);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = request.method().clone();
    let trace = Trace::of(part, &method, request.headers());
    let trace_id = trace.parent().trace_id();
    request.extensions_mut().insert(trace.clone());
    let text = id.to_str().unwrap_or_default();
    // The lines in between say whose they are by this; the last one by itself.
    let span = tracing::info_span!("request", part, id = text, trace = %trace_id);
    let started = Instant::now();
    let mut response = trace.clone().scope(next(request)).instrument(span).await;
    let (took, status) = (started.elapsed(), response.status());
    let route = response.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    requests.answered(&method, route, status, took);
    trace.answered(&method, route, status);
    let (status, micros) = (status.as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    // All parts ask for the ends of sessions twice a second; that they do is nobody's news.
    if route == ENDED_SESSIONS && status < 400 {
        tracing::debug!(parent: None, part, id = text, trace = %trace_id, %method, route, status, micros, "answered");
    } else {
        tracing::info!(parent: None, part, id = text, trace = %trace_id, %method, route, status, micros, "answered");
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
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
    let text = format!("{:016x}", random());
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("0"))
}
