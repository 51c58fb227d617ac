//! A second server that takes reads, as long as it has all that was written before them.
//!
//! Clients carry nothing, and any process may serve the read that follows a write. So before a read goes to the replica,
//! the primary is asked how far it has written (its GTID, which counts every commit that was acknowledged), and the
//! replica to get there. Reads that come at the same time share both questions. A replica that is behind, away, or not one
//! of MariaDB's is left alone for a while: reads are then the primary's.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Double, Nullable, Text};
use diesel_async::RunQueryDsl;
use graph_host::exit::causes;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::Db;
use crate::connections::Connections;
use crate::error::StoreError;
use crate::lease::Lease;
use crate::mysql::MySql;

/// How long a read waits for the replica to have what the primary has, in seconds.
const WAIT_SECONDS: f64 = 0.05;
/// How long the replica is left alone after it was behind or away.
const REST: Duration = Duration::from_secs(1);

/// The connections to a replica, and what is known of it.
pub(crate) struct Replica {
    db: Db,
    /// Held by the read that asks, on behalf of those that wait for it.
    turn: Semaphore,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The rounds of questions that began.
    begun: u64,
    /// The round that ended last, and whether the replica then had everything.
    ended: u64,
    ready: bool,
    rest_until: Option<Instant>,
    /// Why it is left alone, so that it is logged once.
    complaint: Option<String>,
}

impl Replica {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, turn: Semaphore::new(1), state: Mutex::default() }
    }

    /// The replica, when it has all that was written to the primary before this call.
    pub(crate) async fn when_ready(&self, primary: &Connections<MySql>) -> Option<&Db> {
        let wanted = self.with(|state| match state.rest_until {
            Some(rest) if Instant::now() < rest => None,
            // A round that is under way may have asked the primary before it took the last write.
            _ => Some(state.begun + 1),
        })?;
        let _turn = self.turn.acquire().await.ok()?;
        let known = self.with(|state| if state.ended >= wanted { Some(state.ready) } else { None });
        let ready = match known {
            Some(ready) => ready,
            None => self.ask(primary).await,
        };
        ready.then_some(&self.db)
    }

    /// Leaves the replica alone for a while.
    pub(crate) fn leave(&self, reason: String) {
        self.with(|state| {
            state.rest_until = Some(Instant::now() + REST);
            if state.complaint.is_none() {
                tracing::warn!(reason, "reads go to the primary instead of the replica");
            }
            state.complaint = Some(reason);
        });
    }

    /// One round: how far the primary is, and whether the replica gets there.
    async fn ask(&self, primary: &Connections<MySql>) -> bool {
        let round = self.with(|state| {
            state.begun += 1;
            state.begun
        });
        let reached = self.reached(primary).await;
        let ready = reached.is_ok();
        match reached {
            Ok(()) => self.with(|state| {
                if state.complaint.take().is_some() {
                    tracing::info!("reads go to the replica again");
                }
            }),
            Err(reason) => self.leave(reason),
        }
        self.with(|state| {
            state.ended = round;
            state.ready = ready;
        });
        ready
    }

    async fn reached(&self, primary: &Connections<MySql>) -> Result<(), String> {
        #[derive(QueryableByName)]
        struct Position {
            #[diesel(sql_type = Nullable<Text>)]
            position: Option<String>,
        }
        #[derive(QueryableByName)]
        struct Waited {
            #[diesel(sql_type = Nullable<BigInt>)]
            waited: Option<i64>,
        }
        let Db::MySql(replica) = &self.db else { return Err("it is no server".to_owned()) };
        let ask = diesel::sql_query("SELECT @@GLOBAL.gtid_binlog_pos AS position");
        let mut lease = Lease::take(primary).await.map_err(|error| say(&error))?;
        let outcome = ask.get_result::<Position>(&mut **lease).await;
        let position = lease.settle(outcome).map_err(|error| format!("the primary tells no GTID: {}", say(&error)))?;
        let position = position.position.filter(|position| !position.is_empty());
        let position = position.ok_or("the primary writes no binary log")?;

        let wait = diesel::sql_query("SELECT MASTER_GTID_WAIT(?, ?) AS waited");
        let wait = wait.bind::<Text, _>(position).bind::<Double, _>(WAIT_SECONDS);
        let mut lease = Lease::take(replica).await.map_err(|error| say(&error))?;
        let outcome = wait.get_result::<Waited>(&mut **lease).await;
        match lease.settle(outcome).map_err(|error| say(&error))?.waited {
            Some(0) => Ok(()),
            _ => Err("it is behind".to_owned()),
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn say(error: &StoreError) -> String {
    causes(error)
}

/// Where a read goes: first to the replica, when it is ready, and then to the primary.
#[doc(hidden)]
pub struct Reading<'a> {
    primary: &'a Db,
    replica: Option<(&'a Replica, &'a Db)>,
    lost: bool,
}

impl<'a> Reading<'a> {
    /// A read of what is in `primary`.
    pub async fn of(primary: &'a Db) -> Self {
        let replica = match primary {
            Db::MySql(connections) => match connections.replica() {
                Some(replica) => replica.when_ready(connections).await.map(|db| (replica, db)),
                None => None,
            },
            Db::Sqlite(_) => None,
        };
        Self { primary, replica, lost: false }
    }

    /// The database to read from now.
    pub fn db(&self) -> &'a Db {
        self.replica.map_or(self.primary, |(_, db)| db)
    }

    /// Whether the read is tried once more after this attempt: on the primary when the replica went away, on a new
    /// connection when one turned out to be dead.
    pub fn again<T>(&mut self, attempt: &Result<T, StoreError>) -> bool {
        let Err(error) = attempt else { return false };
        let away = matches!(error, StoreError::NoConnection(_)) || error.lost_connection();
        if let (Some((replica, db)), true) = (self.replica, away) {
            replica.leave(say(error));
            db.forget();
            self.replica = None;
            return true;
        }
        let again = !self.lost && error.lost_connection();
        if again {
            self.lost = true;
            self.primary.forget();
        }
        again
    }
}
