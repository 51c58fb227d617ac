//! Carrying: what the outbox has goes to its target, in the order in which it was stored.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use graph_host::exit::causes;
use store::{Db, Shapes, StoreError, read, write};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::amqp::{NotPublished, Publisher};
use crate::clock::now_ms;
use crate::envelope::Envelope;
use crate::lease::Lease;
use crate::metrics::{self, Outcome};
use crate::receiver::Receiver;
use crate::table::outbox;

/// How many events are carried at once.
const BATCH: usize = 128;
/// How soon is looked again for events that another process stored, when there were some, and when there were none for a
/// while. Those of this process wake the relay.
const SOON: Duration = Duration::from_millis(20);
const LATER: Duration = Duration::from_millis(500);
/// How soon is tried again after a failure: at first, and at last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// What tells the statement that removes rows from others.
const CARRIED: u64 = 1;

/// An event on its way.
#[derive(Queryable)]
pub(crate) struct Parcel {
    n: i64,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) body: String,
    created_at: i64,
}

/// Who takes events to a target.
pub(crate) enum Carrier {
    /// A service in this process.
    Receiver(Receiver),
    /// The broker.
    Amqp(Box<Publisher>),
}

/// Why events were not carried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotCarried {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Broker(#[from] NotPublished),
    #[error("an event in the outbox cannot be read: {0}")]
    Unreadable(String),
}

impl Carrier {
    /// Hands events over; afterwards they may be forgotten.
    async fn carry(&mut self, parcels: &[Parcel]) -> Result<(), NotCarried> {
        match self {
            Self::Receiver(receiver) => {
                let events = parcels.iter().map(|parcel| Envelope::read(&parcel.body));
                let events = events.collect::<Result<Vec<_>, _>>().map_err(NotCarried::Unreadable)?;
                Ok(receiver.receive(&events).await?)
            }
            Self::Amqp(publisher) => Ok(publisher.publish(parcels).await?),
        }
    }
}

/// What carries the events of one service to one target.
pub(crate) struct Relay {
    pub(crate) service: &'static str,
    pub(crate) target: &'static str,
    pub(crate) db: Db,
    pub(crate) carrier: Carrier,
    pub(crate) wake: Arc<Notify>,
}

impl Relay {
    /// Carries until it is time to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut lease = Lease::new(self.db.clone(), format!("{} to {}", self.service, self.target));
        let mut trouble = Trouble::new(self.service, "events wait in the outbox");
        let (shapes, mut pause) = (Shapes::default(), SOON);
        while !stop.is_cancelled() {
            let carried = self.turn(&mut lease, &shapes).await;
            let carried = trouble.judge(carried);
            match carried {
                Ok(BATCH) => continue,
                Ok(0) => pause = (pause * 2).min(LATER),
                Ok(_) => pause = SOON,
                Err(pause) => {
                    tokio::select! { () = tokio::time::sleep(pause) => {}, () = stop.cancelled() => {} }
                    continue;
                }
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        lease.release().await;
    }

    /// Carries what is there, up to [`BATCH`]; says how many that were.
    async fn turn(&mut self, lease: &mut Lease, shapes: &Shapes) -> Result<usize, NotCarried> {
        let first = outbox::table.filter(outbox::target.eq(self.target)).order(outbox::n);
        let first = first.limit(i64::try_from(BATCH).unwrap_or(i64::MAX));
        let first = first.select((outbox::n, outbox::id, outbox::kind, outbox::body, outbox::created_at));
        let parcels = read!(&self.db, |connection| first.load::<Parcel>(connection).await).await?;
        let oldest = parcels.as_slice().first();
        let age = oldest.map_or(0, |parcel| now_ms().saturating_sub(parcel.created_at));
        metrics::oldest(self.service, self.target, Duration::from_millis(age.unsigned_abs()));
        if parcels.is_empty() || !lease.hold().await? {
            return Ok(0);
        }
        self.carrier.carry(&parcels).await?;
        let carried =
            outbox::table.filter(shapes.any_of(outbox::n, parcels.iter().map(|one| one.n).collect(), CARRIED));
        write!(&self.db, |connection| diesel::delete(carried.clone()).execute(connection).await).await?;
        for parcel in &parcels {
            metrics::count(self.service, &parcel.kind, Outcome::Carried);
        }
        Ok(parcels.len())
    }
}

/// What goes wrong for a while: said once in the log, and tried again after ever longer pauses.
pub(crate) struct Trouble {
    service: &'static str,
    what: &'static str,
    pause: Option<Duration>,
}

impl Trouble {
    pub(crate) fn new(service: &'static str, what: &'static str) -> Self {
        Self { service, what, pause: None }
    }

    /// What came of a try, or how long to wait before the next one.
    pub(crate) fn judge<T, E: std::error::Error + 'static>(&mut self, tried: Result<T, E>) -> Result<T, Duration> {
        match tried {
            Ok(done) => {
                if self.pause.take().is_some() {
                    tracing::info!(service = self.service, "no longer: {}", self.what);
                }
                Ok(done)
            }
            Err(error) => {
                if self.pause.is_none() {
                    tracing::warn!(service = self.service, cause = causes(&error), "{}", self.what);
                }
                let pause = self.pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
                self.pause = Some(pause);
                Err(pause)
            }
        }
    }
}
