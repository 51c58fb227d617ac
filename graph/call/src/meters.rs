//! What is counted of the calls of one part.

use std::time::Duration;

use graph_host::metrics::{Counter, Counters, Family, Gauge, Gauges, Histogram, Histograms};

use crate::CallError;

static CALLS: Counters<3> = Family::counters(
    "bookstore_upstream_calls",
    "Calls of a service, by what came of them",
    ["part", "upstream", "outcome"],
);
static CALL_SECONDS: Histograms<2> = Family::seconds(
    "bookstore_upstream_call_duration_seconds",
    "Time from a call to its whole answer",
    ["part", "upstream"],
);
static BREAKER: Gauges<2> = Family::gauges(
    "bookstore_breaker_state",
    "The circuit breaker of a service: 0 closed, 1 half-open, 2 open",
    ["part", "upstream"],
);
static RETRIES: Counters<2> =
    Family::counters("bookstore_retries", "Calls of a service that were tried again", ["part", "upstream"]);

static COALESCED_READS: Counters<2> =
    Family::counters("bookstore_coalesced_reads", "Reads of single things", ["part", "document"]);
static BATCH_KEYS: Histograms<2> =
    Family::sizes("bookstore_coalesced_batch_keys", "Keys of a batch that reads became", ["part", "document"]);

static SHARED_READS: Counters<2> =
    Family::counters("bookstore_shared_reads", "Reads that are shared by all who ask at once", ["part", "document"]);
static SHARED_CALLS: Counters<2> =
    Family::counters("bookstore_shared_read_calls", "Calls that shared reads became", ["part", "document"]);

/// What stands for the part when an upstream was not told whose it is.
pub(crate) const NOBODY: &str = "-";

/// What can come of a call.
const OUTCOMES: [&str; 6] = ["ok", "unreachable", "late", "unavailable", "token_refused", "bad_answer"];

/// The series of one part's calls to one service.
#[derive(Debug)]
pub struct CallMeters {
    calls: [Counter; OUTCOMES.len()],
    seconds: Histogram,
    /// 0 while the breaker is closed, 1 half-open, 2 open.
    pub breaker: Gauge,
    /// Calls that were tried again.
    pub retries: Counter,
}

impl CallMeters {
    pub(crate) fn new(part: &'static str, upstream: &'static str) -> Self {
        Self {
            calls: OUTCOMES.map(|outcome| CALLS.of([part, upstream, outcome])),
            seconds: CALL_SECONDS.of([part, upstream]),
            breaker: BREAKER.of([part, upstream]),
            retries: RETRIES.of([part, upstream]),
        }
    }

    /// Counts a call; gives its outcome a name.
    pub(crate) fn called<T>(&self, outcome: &Result<T, CallError>, took: Duration) -> &'static str {
        let place = place(outcome);
        self.calls[place].inc();
        self.seconds.observe(took.as_secs_f64());
        OUTCOMES[place]
    }
}

/// The place of an outcome in [`OUTCOMES`].
fn place<T>(outcome: &Result<T, CallError>) -> usize {
    match outcome {
        Ok(_) => 0,
        Err(CallError::Unreachable { .. }) => 1,
        Err(CallError::Late { .. }) => 2,
        Err(CallError::Unavailable { .. } | CallError::Resting { .. }) => 3,
        Err(CallError::TokenRefused { .. }) => 4,
        Err(
            CallError::BadInput { .. }
            | CallError::TooLarge { .. }
            | CallError::NotAllowed { .. }
            | CallError::Broken { .. }
            | CallError::BadAnswer { .. },
        ) => 5,
    }
}

/// The series of one document whose reads are coalesced: how many were asked for, and the batches they became.
#[derive(Clone, Debug)]
pub(crate) struct BatchMeters {
    pub(crate) reads: Counter,
    batches: Histogram,
}

impl BatchMeters {
    pub(crate) fn new(part: &'static str, document: &'static str) -> Self {
        Self { reads: COALESCED_READS.of([part, document]), batches: BATCH_KEYS.of([part, document]) }
    }

    pub(crate) fn sent(&self, keys: usize) {
        self.batches.observe(f64::from(u32::try_from(keys).unwrap_or(u32::MAX)));
    }
}

/// The series of one document whose reads are shared: how many were asked for, and the calls they became.
#[derive(Clone, Debug)]
pub(crate) struct ShareMeters {
    pub(crate) reads: Counter,
    pub(crate) calls: Counter,
}

impl ShareMeters {
    pub(crate) fn new(part: &'static str, document: &'static str) -> Self {
        Self { reads: SHARED_READS.of([part, document]), calls: SHARED_CALLS.of([part, document]) }
    }
}
