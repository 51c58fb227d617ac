//! How much each route fetches from the services for what it sends: the measure of over-fetching.

use axum::body::{Body, HttpBody};
use axum::response::Response;
use futures_util::TryStreamExt;
use graph_call::counting;
use graph_host::metrics::{Counter, Counters, Family};

static FETCHED: Counters<2> = Family::counters(
    "bookstore_bff_fetched_bytes",
    "Bytes of services' answers that requests used; of a batch each has its share",
    ["part", "route"],
);
static SENT: Counters<2> =
    Family::counters("bookstore_bff_sent_bytes", "Bytes of answers to clients, before compression", ["part", "route"]);

/// What one route fetched and sent.
#[derive(Clone)]
pub(crate) struct Scales {
    fetched: Counter,
    sent: Counter,
}

impl Scales {
    /// The scales of a route of `part`.
    pub(crate) fn of(part: &'static str, route: &'static str) -> Self {
        Self { fetched: FETCHED.of([part, route]), sent: SENT.of([part, route]) }
    }
}

/// Counts what is fetched and what is sent. An answer that the client has already (304) was fetched and is not sent.
pub(crate) async fn weigh(scales: Scales, work: impl Future<Output = Response>) -> Response {
    let Scales { fetched, sent } = scales;
    let response = counting(fetched, work).await;
    response.map(|body| match body.size_hint().exact() {
        Some(length) => {
            sent.inc_by(length);
            body
        }
        None => counted(body, sent),
    })
}

/// A body that is sent while it is made.
fn counted(body: Body, sent: Counter) -> Body {
    let pieces = body.into_data_stream();
    Body::from_stream(pieces.inspect_ok(move |piece| {
        sent.inc_by(u64::try_from(piece.len()).unwrap_or(u64::MAX));
    }))
}
