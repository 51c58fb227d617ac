//! What this process counts, and the port where Prometheus fetches it.
//!
//! Counting is always on: it costs an atomic addition. A [`Family`] is a static; its series are made the first time that
//! they are asked for, so a part asks for its own when it starts, and keeps them. The values of labels are texts of
//! this program: names of parts, templates of paths, fields of a schema, never what a client sent. What is only
//! known at run time goes through [`label`], which is bounded, and [`ByLabel`] keeps what is counted for it.
//!
//! Of a bookstore that is one process the parts are told apart by the label `part`.

mod endpoint;
mod family;
mod http;
mod label;
mod process;

pub use endpoint::{MetricsArgs, MetricsPort};
pub use family::{Counters, Family, Gauges, Histograms, at_scrape};
pub use label::{ByLabel, label};
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;

pub(crate) use http::{Requests, known};

/// Requests that a part refused because it had too much to do.
pub static SHED: Counters<1> =
    Family::counters("bookstore_shed", "Requests refused with 503 because there was too much to do", ["part"]);

/// Answers that a BFF gave from memory because a service was away.
pub static STALE: Counters<1> =
    Family::counters("bookstore_stale", "Answers given from memory because a service was away", ["part"]);

/// Makes the series that every part has, so that they begin at zero and not with the first event.
pub(crate) fn begin(part: &'static str) {
    for family in [&SHED, &STALE] {
        family.of([part]);
    }
}
