//! Traces: one for each request, from the app to the SQL, and the spans of which it consists.
//!
//! Every request has a trace id: that of its `traceparent`, or a new one. It is in the log of each part, and goes on to
//! the next. When an OTLP endpoint is set, there are spans as well: tracing's, under the target [`SPANS`], which only
//! the exporter sees. Without an endpoint that target is off for the whole process, and a span costs a comparison.
//!
//! What a span says of itself is bounded and nobody's business: routes, operations and statements without values,
//! never a token, a name or a path as it was sent.

mod export;
mod parent;

use axum::http::{HeaderMap, Method, StatusCode};
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub use export::{TraceArgs, Traces, is_on};
pub use parent::{TRACEPARENT, TraceParent};

pub(crate) use parent::random;

/// The target of the spans that are exported.
pub const SPANS: &str = "spans";

tokio::task_local! {
    /// The trace of the work at hand, also when there are no spans.
    static CURRENT: TraceParent;
}

/// The trace of a request: where it is, and the span that serves it.
#[derive(Clone, Debug)]
pub struct Trace {
    parent: TraceParent,
    span: Span,
}

impl Default for Trace {
    /// A trace of its own, without spans.
    fn default() -> Self {
        Self { parent: TraceParent::new(), span: Span::none() }
    }
}

impl Trace {
    /// The trace that a request with these headers belongs to, and its span in `part`.
    pub(crate) fn of(part: &'static str, method: &Method, headers: &HeaderMap) -> Self {
        let sent = TraceParent::read(headers);
        let span = tracing::info_span!(
            target: SPANS,
            parent: None,
            "request",
            otel.kind = "server",
            otel.status_code = Empty,
            part,
            http.request.method = crate::metrics::known(method),
            http.route = Empty,
            http.response.status_code = Empty,
        );
        if let Some(sent) = sent
            && !span.is_disabled()
        {
            // It fails when the span has begun, and it has not.
            let _ = span.set_parent(Context::new().with_remote_span_context(sent.into()));
        }
        let parent = place(&span).or(sent).unwrap_or_else(TraceParent::new);
        Self { parent, span }
    }

    /// The trace of an event of this type that `part` heard, and the span in which it takes effect.
    pub fn heard(part: &'static str, event: &'static str, sent: Option<TraceParent>) -> Self {
        let span = tracing::info_span!(
            target: SPANS, parent: None, "event", otel.kind = "consumer", otel.name = event, part,
            messaging.system = "bookstore",
        );
        if let Some(sent) = sent
            && !span.is_disabled()
        {
            let _ = span.set_parent(Context::new().with_remote_span_context(sent.into()));
        }
        let parent = place(&span).or(sent).unwrap_or_else(TraceParent::new);
        Self { parent, span }
    }

    /// Does `work` as a part of this trace: what is asked or told meanwhile belongs to it.
    pub fn scope<W: Future>(self, work: W) -> impl Future<Output = W::Output> {
        CURRENT.scope(self.parent, work.instrument(self.span))
    }

    /// Does `work`, which becomes a task of its own in the span that it has, as a part of this trace.
    pub fn carry<W: Future>(self, work: W) -> impl Future<Output = W::Output> {
        CURRENT.scope(self.parent, work)
    }

    /// Where the work at hand is in its trace; nothing when it belongs to none.
    pub fn current() -> Option<TraceParent> {
        place(&Span::current()).or_else(|| CURRENT.try_with(|parent| *parent).ok())
    }

    /// Where the request is in its trace.
    pub fn parent(&self) -> TraceParent {
        self.parent
    }

    /// Notes in the span how the request was answered.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode) {
        if self.span.is_disabled() {
            return;
        }
        // It has begun, and tracing's own name stays from then on.
        self.span.context().span().update_name(format!("{} {route}", crate::metrics::known(method)));
        self.span.record("http.route", route);
        self.span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            self.span.record("otel.status_code", "ERROR");
        }
    }

    /// A span for what several requests wait for: a child of the first one's, linked to those of the others.
    pub fn joint<'a>(what: &'static str, requests: impl IntoIterator<Item = &'a Self>) -> Span {
        let mut requests = requests.into_iter().map(|request| &request.span);
        let first = requests.next().and_then(Span::id);
        let span = tracing::info_span!(target: SPANS, parent: first, "joint", otel.name = what);
        if !span.is_disabled() {
            for other in requests {
                span.follows_from(other);
            }
        }
        span
    }
}

/// The place of a span in its trace, for the next part; nothing when there are no spans.
pub fn place(span: &Span) -> Option<TraceParent> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let place = context.span().span_context().into();
    context.span().span_context().is_valid().then_some(place)
}
