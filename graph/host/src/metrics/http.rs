//! Rate, errors and duration of the requests of a part.

use std::time::Duration;

use axum::http::{Method, StatusCode};

use super::{Counters, Family, Histograms, label};

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

/// Counts a request that was answered; `route` is the template of its path, `-` when it has none.
pub(crate) fn answered(part: &'static str, method: &Method, route: &str, status: StatusCode, took: Duration) {
    let (method, route) = (known(method), label(route));
    REQUESTS.of([part, method, route, label(status.as_str())]).inc();
    SECONDS.of([part, method, route]).observe(took.as_secs_f64());
}

/// The method, when it is one that HTTP has; clients make up others.
pub(crate) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
