//! What is counted of events.

use std::time::Duration;

use graph_host::metrics::{Counters, Family, Gauges, Histograms};

use crate::envelope::Envelope;
use crate::routes::Routes;

static EVENTS: Counters<3> = Family::counters(
    "bookstore_events",
    "Events: told, carried, done, heard again, failed, or parked",
    ["service", "event", "outcome"],
);
static LAG: Histograms<2> = Family::seconds(
    "bookstore_event_lag_seconds",
    "Time from the telling of an event until it took effect",
    ["service", "event"],
);
static OLDEST: Gauges<2> = Family::gauges(
    "bookstore_outbox_oldest_seconds",
    "Age of the oldest event that has not arrived",
    ["service", "target"],
);
static PARKED: Gauges<1> =
    Family::gauges("bookstore_events_parked", "Events that failed too often and wait for a person", ["service"]);
static WAITING: Gauges<1> = Family::gauges(
    "bookstore_events_waiting",
    "Events that failed and will be tried again, and those behind them",
    ["service"],
);

/// What became of an event.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    Told,
    Carried,
    Done,
    Again,
    Failed,
    Parked,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Carried => "carried",
            Self::Done => "done",
            Self::Again => "again",
            Self::Failed => "failed",
            Self::Parked => "parked",
        }
    }
}

/// The name of a type as a label; what is not in the table comes from others.
fn label(kind: &str) -> &'static str {
    Routes::of(kind).map_or("other", |route| route.event)
}

/// Counts what became of an event in `service`.
pub(crate) fn count(service: &'static str, kind: &str, outcome: Outcome) {
    EVENTS.of([service, label(kind), outcome.name()]).inc();
}

/// Counts events that took effect.
pub(crate) fn done(service: &'static str, event: &Envelope) {
    count(service, event.kind(), Outcome::Done);
    if let Some(age) = event.age() {
        LAG.of([service, label(event.kind())]).observe(age.as_secs_f64());
    }
}

/// Sets how old the oldest event is that has not arrived.
pub(crate) fn oldest(service: &'static str, target: &'static str, age: Duration) {
    OLDEST.of([service, target]).set(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
}

/// Sets how many events are parked, and how many wait for another try.
pub(crate) fn aside(service: &'static str, parked: i64, waiting: i64) {
    PARKED.of([service]).set(parked);
    WAITING.of([service]).set(waiting);
}
