//! Hearing: what follows from an event is done by the transaction that keeps its id.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel_async::RunQueryDsl;
use graph_host::exit::causes;
use graph_host::trace::Trace;
use store::{Connection, Db, Shapes, StoreError, is_duplicate, on, retried};

use crate::clock::now_ms;
use crate::envelope::{Envelope, is_never};
use crate::metrics::{self, Outcome};
use crate::outbox::{Emitted, Outbox};
use crate::retries::{self, Aside};
use crate::table::{inbox, inbox_waiting};

/// How many events one transaction takes at most.
pub(crate) const BATCH: usize = 64;
/// What tells the statements here from others of the same shape.
const KNOWN: u64 = 1;
const BLOCKED: u64 = 2;

/// What a handler does with an event.
pub type Handling<'a> = Pin<Box<dyn Future<Output = QueryResult<()>> + Send + 'a>>;

/// What is done with the events of one type, on the connection of the transaction; further events are told by `Emitted`. It
/// may run again, so it changes nothing but the database. A failure by [`never`](crate::never()) parks the event, any other
/// one has it tried again later.
pub type Handler =
    Box<dyn for<'a> Fn(&'a Envelope, Connection<'a>, &'a mut Emitted) -> Handling<'a> + Send + Sync + 'static>;

/// What a service does with what it hears.
#[derive(Default)]
pub struct Handlers(Vec<(&'static str, Handler)>);

impl Handlers {
    /// The same, and this is done with events of the type `event`.
    #[must_use]
    pub fn on<H>(mut self, event: &'static str, handler: H) -> Self
    where
        H: for<'a> Fn(&'a Envelope, Connection<'a>, &'a mut Emitted) -> Handling<'a> + Send + Sync + 'static,
    {
        self.0.push((event, Box::new(handler)));
        self
    }

    /// The types of events that are heard.
    pub fn events(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().map(|(event, _)| *event)
    }

    fn of(&self, event: &Envelope) -> Option<&Handler> {
        self.0.iter().find(|(known, _)| *known == event.kind()).map(|(_, handler)| handler)
    }
}

/// What a service hears with. Cloning it is cheap.
#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

struct Inner {
    service: &'static str,
    db: Db,
    handlers: Handlers,
    outbox: Outbox,
    shapes: Shapes,
}

/// What became of an event in a transaction.
#[derive(Clone, Copy, PartialEq)]
enum Heard {
    Done,
    Again,
    Behind,
}

impl Receiver {
    /// A receiver of `service` over its database.
    pub fn new(service: &'static str, db: Db, handlers: Handlers, outbox: Outbox) -> Self {
        Self(Arc::new(Inner { service, db, handlers, outbox, shapes: Shapes::default() }))
    }

    pub(crate) fn service(&self) -> &'static str {
        self.0.service
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Hears events, in this order. Afterwards each has taken effect, or is kept to be tried again: whoever sent them may
    /// forget them.
    ///
    /// # Errors
    /// [`StoreError`] when the database is not there; some may have taken effect. The same may be sent again.
    pub async fn receive(&self, events: &[Envelope]) -> Result<(), StoreError> {
        for batch in events.chunks(BATCH) {
            match self.handle(batch).await {
                Ok(()) => {}
                Err(error) if is_away(&error) => return Err(error),
                Err(error) => match batch {
                    [one] => self.set_aside(one, &error).await?,
                    // Each alone, so that only those at fault are set aside.
                    several => {
                        for event in several {
                            Box::pin(self.receive(std::slice::from_ref(event))).await?;
                        }
                    }
                },
            }
        }
        Ok(())
    }

    /// Parks what is no event at all.
    ///
    /// # Errors
    /// [`StoreError`] when the database is not there.
    pub(crate) async fn park(&self, text: &str, why: &str) -> Result<(), StoreError> {
        tracing::error!(service = self.0.service, why, "a message that is no event was parked");
        metrics::count(self.0.service, "", Outcome::Parked);
        retries::park(&self.0.db, text, why).await
    }

    /// All of a batch in one transaction, or nothing of it.
    async fn handle(&self, events: &[Envelope]) -> Result<(), StoreError> {
        let inner = &*self.0;
        let ids: Vec<&str> = events.iter().map(Envelope::id).collect();
        let subjects: Vec<&str> = events.iter().map(Envelope::subject).collect();
        let known = inbox::table.filter(inner.shapes.any_of(inbox::id, ids, KNOWN)).select(inbox::id);
        let behind = inner.shapes.any_of(inbox_waiting::subject, subjects, BLOCKED);
        let behind = inbox_waiting::table.filter(behind.and(inbox_waiting::parked.eq(false)));
        let behind = behind.select(inbox_waiting::subject);
        let handled = retried!(&inner.db, |connection| {
            let mut seen: HashSet<String> = known.clone().load::<String>(connection).await?.into_iter().collect();
            let mut heard: Vec<Heard> = Vec::with_capacity(events.len());
            heard.extend(events.iter().map(|event| match seen.insert(event.id().to_owned()) {
                true => Heard::Done,
                false => Heard::Again,
            }));
            let mut emitted = inner.outbox.begin();
            if heard.contains(&Heard::Done) {
                let fresh = events.iter().zip(&heard).filter(|(_, heard)| **heard == Heard::Done);
                let fresh: Vec<&str> = fresh.map(|(event, _)| event.id()).collect();
                keep_ids((&mut *connection).into(), &fresh).await?;
                let mut blocked: HashSet<String> =
                    behind.clone().load::<String>(connection).await?.into_iter().collect();
                if !blocked.is_empty() {
                    // What they wait for may be over at this moment, and must then wake them: it is held.
                    blocked = retries::held((&mut *connection).into(), &blocked).await?;
                }
                for (event, heard) in events.iter().zip(&mut heard) {
                    if *heard == Heard::Again {
                        continue;
                    }
                    if blocked.contains(event.subject()) {
                        retries::wait((&mut *connection).into(), event).await?;
                        *heard = Heard::Behind;
                    } else {
                        inner.apply(event, (&mut *connection).into(), &mut emitted).await?;
                    }
                }
                emitted.store(connection.into()).await?;
            }
            Ok::<_, QueryError>((heard, emitted))
        });
        let (heard, emitted) = handled.await?;
        emitted.stored();
        for (event, heard) in events.iter().zip(heard) {
            match heard {
                Heard::Done => metrics::done(inner.service, event),
                Heard::Again => metrics::count(inner.service, event.kind(), Outcome::Again),
                Heard::Behind => {}
            }
        }
        Ok(())
    }

    /// Keeps an event that failed, to be tried again or to be looked at by a person.
    async fn set_aside(&self, event: &Envelope, error: &StoreError) -> Result<(), StoreError> {
        let aside = Aside::after(0, is_never(error), causes(error));
        self.told(event, &aside);
        let kept = retried!(&self.0.db, |connection| {
            keep_ids((&mut *connection).into(), &[event.id()]).await?;
            retries::keep(connection.into(), event, &aside).await
        });
        kept.await
    }

    /// Says in the log and in the metrics that an event failed.
    fn told(&self, event: &Envelope, aside: &Aside) {
        let (service, id, kind, subject) = (self.0.service, event.id(), event.kind(), event.subject());
        let (cause, attempts) = (&*aside.error, aside.attempts);
        let trace = event.trace().map(|trace| trace.trace_id().to_string()).unwrap_or_default();
        if aside.parked {
            tracing::error!(service, id, kind, subject, trace, cause, attempts, "an event was parked");
            metrics::count(service, kind, Outcome::Parked);
        } else {
            tracing::warn!(
                service,
                id,
                kind,
                subject,
                trace,
                cause,
                attempts,
                "an event failed and will be tried again"
            );
            metrics::count(service, kind, Outcome::Failed);
        }
    }

    /// Tries again an event that failed `attempts` times.
    pub(crate) async fn retry(&self, n: i64, event: &Envelope, attempts: i32) -> Result<(), StoreError> {
        let inner = &*self.0;
        let tried = retried!(&inner.db, |connection| {
            let mut emitted = inner.outbox.begin();
            if !retries::take((&mut *connection).into(), n).await? {
                // Another process was quicker.
                return Ok((false, emitted));
            }
            inner.apply(event, (&mut *connection).into(), &mut emitted).await?;
            retries::wake_next((&mut *connection).into(), event.subject()).await?;
            emitted.store(connection.into()).await?;
            Ok::<_, QueryError>((true, emitted))
        });
        match tried.await {
            Ok((done, emitted)) => {
                emitted.stored();
                if done {
                    metrics::done(inner.service, event);
                }
                Ok(())
            }
            Err(error) if is_away(&error) => Err(error),
            Err(error) => {
                let aside = Aside::after(attempts, is_never(&error), causes(&error));
                self.told(event, &aside);
                retries::again(&inner.db, n, event.subject(), &aside).await
            }
        }
    }
}

impl Inner {
    /// Does what follows from an event, as a part of its trace.
    async fn apply(&self, event: &Envelope, connection: Connection<'_>, out: &mut Emitted) -> QueryResult<()> {
        let Some(handler) = self.handlers.of(event) else {
            return Err(crate::never(format!("the {} service does nothing with {}", self.service, event.kind())));
        };
        let kind = crate::Routes::of(event.kind()).map_or("event", |route| route.event);
        Trace::heard(self.service, kind, event.trace()).scope(handler(event, connection, out)).await
    }
}

/// Keeps the ids of events; when another has kept one meanwhile, all is read again.
async fn keep_ids(mut connection: Connection<'_>, ids: &[&str]) -> QueryResult<()> {
    let received_at = now_ms();
    let rows: Vec<_> = ids.iter().map(|id| (inbox::id.eq(*id), inbox::received_at.eq(received_at))).collect();
    let mut kept = Ok(());
    if let (Connection::MySql(connection), true) = (&mut connection, rows.len() > 1) {
        kept = diesel::insert_into(inbox::table).values(&rows).execute(*connection).await.map(drop);
    } else {
        for row in rows {
            let insert = diesel::insert_into(inbox::table).values(row);
            kept = on!(connection.again(), |inner| insert.execute(inner)).map(drop);
            if kept.is_err() {
                break;
            }
        }
    }
    kept.map_err(|error| if is_duplicate(&error) { QueryError::RollbackTransaction } else { error })
}

/// Whether the database is away or too busy, which no event is to blame for.
fn is_away(error: &StoreError) -> bool {
    matches!(error, StoreError::NoConnection(_) | StoreError::Late) || error.is_conflict()
}
