//! A pool of connections, and what is counted of it.

use std::ops::Deref;
use std::sync::Arc;

use deadpool::managed::{Manager, Pool};
use graph_host::metrics::{Counter, Counters, Family, Gauges, Histogram, Histograms, at_scrape};

use crate::replica::Replica;

static CONNECTIONS: Gauges<2> = Family::gauges(
    "bookstore_pool_connections",
    "Connections to a database: how many are open, in use, and allowed",
    ["database", "state"],
);
static WAITING: Gauges<1> =
    Family::gauges("bookstore_pool_waiting", "How many queries wait for a connection", ["database"]);
static WAIT_SECONDS: Histograms<1> =
    Family::seconds("bookstore_pool_wait_seconds", "Time until a query has its connection", ["database"]);
static KEYED: Counters<2> = Family::counters(
    "bookstore_idempotent_requests",
    "Requests with an idempotency key: the first one, the same again, or the key reused",
    ["database", "outcome"],
);

/// The connections to one database. Cloning it shares the pool.
pub struct Connections<M: Manager> {
    pool: Pool<M>,
    meters: Arc<Meters>,
    replica: Option<Arc<Replica>>,
}

/// The series of one database.
pub(crate) struct Meters {
    /// How long queries waited for a connection.
    pub(crate) waits: Histogram,
    pub(crate) first: Counter,
    pub(crate) again: Counter,
    pub(crate) reused: Counter,
}

impl<M: Manager + 'static> Connections<M> {
    /// The connections of `pool`, counted as those to `database`.
    pub(crate) fn new(pool: Pool<M>, database: &'static str) -> Self {
        let weak = pool.weak();
        at_scrape(move || {
            let Some(pool) = weak.upgrade() else { return false };
            let status = pool.status();
            let in_use = status.size.saturating_sub(status.available);
            for (state, number) in [("open", status.size), ("in_use", in_use), ("max", status.max_size)] {
                CONNECTIONS.of([database, state]).set(gauge(number));
            }
            WAITING.of([database]).set(gauge(status.waiting));
            true
        });
        let [first, again, reused] = ["first", "again", "reused"].map(|outcome| KEYED.of([database, outcome]));
        let meters = Meters { waits: WAIT_SECONDS.of([database]), first, again, reused };
        Self { pool, meters: Arc::new(meters), replica: None }
    }
}

impl<M: Manager> Connections<M> {
    pub(crate) fn meters(&self) -> &Meters {
        &self.meters
    }

    /// The same, with a replica that takes reads.
    pub(crate) fn with_replica(self, replica: Replica) -> Self {
        Self { replica: Some(Arc::new(replica)), ..self }
    }

    pub(crate) fn replica(&self) -> Option<&Replica> {
        self.replica.as_deref()
    }
}

fn gauge(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl<M: Manager> Clone for Connections<M> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), meters: Arc::clone(&self.meters), replica: self.replica.clone() }
    }
}

impl<M: Manager> Deref for Connections<M> {
    type Target = Pool<M>;

    fn deref(&self) -> &Pool<M> {
        &self.pool
    }
}
