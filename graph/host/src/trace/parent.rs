//! `traceparent` (W3C Trace Context, level 1): which trace a request belongs to, and which span sent it.

use std::cell::RefCell;
use std::fmt::{Display, Formatter, Result};

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The header that carries the trace from part to part.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceParent {
    trace: TraceId,
    span: SpanId,
    flags: TraceFlags,
}

impl TraceParent {
    /// The beginning of a trace that nobody has begun. It is not marked as recorded.
    pub(crate) fn new() -> Self {
        // Neither may be zero.
        let trace = TraceId::from((u128::from(random()) << 64) | u128::from(random() | 1));
        Self { trace, span: SpanId::from(random() | 1), flags: TraceFlags::NOT_SAMPLED }
    }

    /// What the headers of a request say; nothing when that is missing, there twice, or not well-formed.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(TRACEPARENT).iter();
        match (all.next(), all.next()) {
            (Some(one), None) => parse(one.to_str().ok()?),
            _ => None,
        }
    }

    /// The id of the trace: 32 hexadecimal digits.
    pub fn trace_id(self) -> TraceId {
        self.trace
    }

    /// The header that tells the next part.
    pub fn header(self) -> HeaderValue {
        HeaderValue::try_from(self.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

impl Display for TraceParent {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "00-{}-{}-{:02x}", self.trace, self.span, self.flags)
    }
}

impl std::str::FromStr for TraceParent {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        parse(text).ok_or("is no traceparent")
    }
}

impl From<TraceParent> for SpanContext {
    fn from(parent: TraceParent) -> Self {
        Self::new(parent.trace, parent.span, parent.flags, true, TraceState::NONE)
    }
}

impl From<&SpanContext> for TraceParent {
    fn from(context: &SpanContext) -> Self {
        Self { trace: context.trace_id(), span: context.span_id(), flags: context.trace_flags() }
    }
}

/// Reads a header as section 3.2 of the recommendation has it; a later version may have more behind.
fn parse(text: &str) -> Option<TraceParent> {
    let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut fields = text.splitn(5, '-');
    let [version, trace, span, flags] = [fields.next()?, fields.next()?, fields.next()?, fields.next()?];
    let lengths = (version.len(), trace.len(), span.len(), flags.len()) == (2, 32, 16, 2);
    let more = fields.next().is_some();
    if !lengths || ![version, trace, span, flags].into_iter().all(hex) || version == "ff" || (version == "00" && more) {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let sampled = u8::from_str_radix(flags, 16).ok()? & TraceFlags::SAMPLED.to_u8();
    let known = trace != TraceId::INVALID && span != SpanId::INVALID;
    known.then_some(TraceParent { trace, span, flags: TraceFlags::new(sampled) })
}

/// A number for an id. The system is asked for randomness once a thread, not for each request.
pub(crate) fn random() -> u64 {
    fn seeded() -> fastrand::Rng {
        let mut seed = [0; 8];
        match getrandom::fill(&mut seed) {
            Ok(()) => fastrand::Rng::with_seed(u64::from_ne_bytes(seed)),
            Err(_) => fastrand::Rng::new(),
        }
    }
    thread_local! {
        static NUMBERS: RefCell<fastrand::Rng> = RefCell::new(seeded());
    }
    NUMBERS.with_borrow_mut(|numbers| numbers.u64(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the recommendation.
    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_parent_is_read_and_written() {
        let parent = parse(EXAMPLE).unwrap();
        assert_eq!(parent.to_string(), EXAMPLE);
        assert_eq!(parent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let later = EXAMPLE.replacen("00", "cc", 1) + "-what-the-future-brings";
        assert_eq!(parse(&later), Some(parent));
        let other_flags = EXAMPLE.replace("-01", "-ff");
        assert_eq!(parse(&other_flags), Some(parent));
    }

    #[test]
    fn what_is_not_well_formed_is_ignored() {
        for wrong in [
            "",
            "00",
            &EXAMPLE.to_uppercase(),
            &EXAMPLE.replacen("00", "ff", 1),
            &format!("{EXAMPLE}-more"),
            &EXAMPLE.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &EXAMPLE.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &EXAMPLE.replace("4bf9", "4bg9"),
            &EXAMPLE.replace("4bf9", "4bf"),
            &EXAMPLE.replace('-', "_"),
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        let value = HeaderValue::from_static(EXAMPLE);
        let twice = [(TRACEPARENT, value.clone()), (TRACEPARENT, value)];
        assert_eq!(TraceParent::read(&HeaderMap::from_iter(twice[..1].to_vec())), parse(EXAMPLE));
        let mut headers = HeaderMap::new();
        for (name, value) in twice {
            headers.append(name, value);
        }
        assert_eq!(TraceParent::read(&headers), None);
    }

    #[test]
    fn new_traces_differ_and_can_be_read() {
        let [one, other] = [TraceParent::new(), TraceParent::new()];
        assert_ne!(one.trace_id(), other.trace_id());
        assert_eq!(parse(&one.to_string()), Some(one));
    }
}
