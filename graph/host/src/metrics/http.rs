//! Rate, errors and duration of the requests of a part.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};

use super::{ByLabel, Counter, Counters, Family, Histogram, Histograms};

static REQUESTS: Counters<4> = Family::counters(
    "bookstore_http_requests",
    "Requests answered, by the template of their path",
    ["part", "method", "route", "status"],
);

static SECONDS: Histograms<3> = Family::seconds(
    "bookstore_http_request_duration_seconds",
    "Time from a request's head to its answer's head",
    ["part", "method", "route"],
);

/// The methods that HTTP has; clients make up others.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "other"];

/// The statuses that a part answers with, and one for any other.
const STATUSES: [&str; 24] = [
    "200", "201", "204", "304", "400", "401", "403", "404", "405", "406", "408", "409", "412", "413", "415", "422",
    "429", "431", "500", "501", "502", "503", "504", "other",
];

/// Counts the requests of one part. Each series is looked up once; cloning it shares them.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    part: &'static str,
    routes: Arc<ByLabel<Arc<Route>>>,
}

/// The series of one route, by the place of its method.
#[derive(Debug)]
struct Route {
    label: &'static str,
    methods: [OnceLock<Series>; METHODS.len()],
}

/// The series of one method of a route, the counters by the place of their status.
#[derive(Debug)]
struct Series {
    seconds: Histogram,
    statuses: [OnceLock<Counter>; STATUSES.len()],
}

impl Requests {
    pub(crate) fn of(part: &'static str) -> Self {
        Self { part, routes: Arc::default() }
    }

    /// The part whose requests these are.
    pub(crate) fn part(&self) -> &'static str {
        self.part
    }

    /// Counts a request that was answered; `route` is the template of its path, `-` when it has none.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let route = self.routes.get(route, |label| Arc::new(Route { label, methods: Default::default() }));
        let (method, status) = (place(&METHODS, method.as_str()), place(&STATUSES, status.as_str()));
        let labels = [self.part, METHODS[method], route.label];
        let series =
            route.methods[method].get_or_init(|| Series { seconds: SECONDS.of(labels), statuses: Default::default() });
        series.seconds.observe(took.as_secs_f64());
        let [part, method, route] = labels;
        series.statuses[status].get_or_init(|| REQUESTS.of([part, method, route, STATUSES[status]])).inc();
    }
}

/// The method, when it is one that HTTP has.
pub(crate) fn known(method: &Method) -> &'static str {
    METHODS[place(&METHODS, method.as_str())]
}

/// The place of `text` among the `known`, of which the last one stands for all others.
fn place(known: &[&str], text: &str) -> usize {
    known.iter().position(|one| *one == text).unwrap_or(known.len() - 1)
}
