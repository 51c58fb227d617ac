//! Telling: events are stored by the transaction of the change.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel_async::RunQueryDsl;
use graph_host::trace::Trace;
use store::{Connection, Db, StoreError, on, retried};
use tokio::sync::Notify;

use crate::amqp::{AMQP, AmqpUrl};
use crate::clock::now_ms;
use crate::envelope::{Envelope, Event};
use crate::metrics::{Outcome, count};
use crate::routes::Routes;
use crate::table::outbox;

/// How events travel.
#[derive(Clone, Debug)]
pub enum Transport {
    /// They do not: this process is alone, and tells nothing.
    None,
    /// To these services, which are in the same process.
    InProcess(Vec<&'static str>),
    /// By the broker there.
    Amqp(AmqpUrl),
}

/// Where a service puts what it tells. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Outbox {
    service: &'static str,
    targets: Arc<[Target]>,
}

/// Where events go, and what wakes the relay that carries them there.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) wake: Arc<Notify>,
}

impl Outbox {
    /// That of `service`, whose events travel so. Without a transport nothing is stored, or the table would grow for ever.
    pub fn new(service: &'static str, transport: &Transport) -> Self {
        let mut told = Routes::all().iter().filter(|route| route.from == service).peekable();
        let names = match transport {
            _ if told.peek().is_none() => Vec::new(),
            Transport::None => Vec::new(),
            Transport::InProcess(parts) => {
                let mut hearers: Vec<_> = told.flat_map(|route| route.heard_by.iter().copied()).collect();
                hearers.sort_unstable();
                hearers.dedup();
                hearers.retain(|hearer| parts.contains(hearer));
                hearers
            }
            Transport::Amqp(_) => vec![AMQP],
        };
        let targets = names.into_iter().map(|name| Target { name, wake: Arc::default() }).collect();
        Self { service, targets }
    }

    /// That of a service which tells nothing.
    pub fn nowhere(service: &'static str) -> Self {
        Self::new(service, &Transport::None)
    }

    /// What a transaction tells, empty at first. [`changing!`](crate::changing) does this.
    pub fn begin(&self) -> Emitted {
        Emitted { outbox: self.clone(), rows: Vec::new() }
    }

    /// Wakes the relays: a transaction that told something is over. [`changing!`](crate::changing) does this.
    pub fn wake(&self) {
        for target in self.targets.iter() {
            target.wake.notify_one();
        }
    }

    /// Whether what is told goes anywhere.
    pub fn is_heard(&self) -> bool {
        !self.targets.is_empty()
    }

    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The targets of events of this type.
    fn of<'a>(&'a self, kind: &'static str) -> impl Iterator<Item = &'static str> + 'a {
        let heard = move |target: &&Target| {
            target.name == AMQP || Routes::of(kind).is_some_and(|route| route.heard_by.contains(&target.name))
        };
        self.targets.iter().filter(heard).map(|target| target.name)
    }
}

/// A row to be stored.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = outbox)]
struct NewRow {
    target: &'static str,
    id: String,
    kind: &'static str,
    body: String,
    created_at: i64,
}

/// How many events that another transport left are handed over by one transaction.
const LEFT_AT_ONCE: i64 = 500;

impl Outbox {
    /// Hands over to the transport that is used now what another one left: who had events in the process has a broker since,
    /// or the other way round. What has arrived before arrives again, and has no further effect.
    pub(crate) async fn take_over(&self, db: &Db) -> Result<(), StoreError> {
        while self.take_some_over(db).await? {}
        Ok(())
    }

    /// Some of them; says whether there may be more.
    async fn take_some_over(&self, db: &Db) -> Result<bool, StoreError> {
        let names: Vec<&str> = self.targets.iter().map(|target| target.name).collect();
        let left = outbox::table.filter(outbox::target.ne_all(&names)).order(outbox::n).limit(LEFT_AT_ONCE);
        let left = left.select((outbox::n, outbox::id, outbox::kind, outbox::body, outbox::created_at));
        let taken = retried!(db, |connection| {
            let rows = left.clone().load::<(i64, String, String, String, i64)>(connection).await?;
            let numbers: Vec<i64> = rows.iter().map(|(n, ..)| *n).collect();
            let mut emitted = self.begin();
            for (_, id, kind, body, created_at) in rows {
                // One that is no longer in the table of routes is heard by nobody.
                let Some(route) = Routes::of(&kind) else { continue };
                let row = |target| NewRow { target, id: id.clone(), kind: route.event, body: body.clone(), created_at };
                emitted.rows.extend(self.of(route.event).map(row));
            }
            if !numbers.is_empty() {
                let old = outbox::table.filter(outbox::n.eq_any(&numbers));
                diesel::delete(old).execute(connection).await?;
                emitted.store(connection.into()).await?;
            }
            Ok::<_, QueryError>(numbers.len())
        });
        Ok(taken.await? > 0)
    }
}

/// What a transaction tells; it is stored at its end.
#[derive(Debug)]
pub struct Emitted {
    outbox: Outbox,
    rows: Vec<NewRow>,
}

impl Emitted {
    /// Tells an event, in the trace of the request or event that led to it.
    ///
    /// # Errors
    /// When its data is no JSON.
    pub fn emit<E: Event>(&mut self, event: &E) -> QueryResult<()> {
        let mut targets = self.outbox.of(E::TYPE).peekable();
        if targets.peek().is_none() {
            return Ok(());
        }
        let unsound = |error: serde_json::Error| QueryError::SerializationError(Box::new(error));
        let envelope = Envelope::new(self.outbox.service, event, Trace::current()).map_err(unsound)?;
        let (body, created_at) = (envelope.text().map_err(unsound)?, now_ms());
        let row =
            |target| NewRow { target, id: envelope.id().to_owned(), kind: E::TYPE, body: body.clone(), created_at };
        self.rows.extend(targets.map(row));
        Ok(())
    }

    /// Stores all that was told. [`changing!`](crate::changing) does this.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn store(&self, mut connection: Connection<'_>) -> QueryResult<()> {
        if let (Connection::MySql(connection), true) = (&mut connection, self.rows.len() > 1) {
            diesel::insert_into(outbox::table).values(&self.rows).execute(*connection).await?;
        } else {
            for row in &self.rows {
                on!(connection.again(), |inner| diesel::insert_into(outbox::table).values(row).execute(inner))?;
            }
        }
        Ok(())
    }

    /// The transaction is over: counts what was told, and wakes the relays. [`changing!`](crate::changing) does this.
    pub fn stored(&self) {
        if self.rows.is_empty() {
            return;
        }
        let mut before = "";
        for row in &self.rows {
            if row.id != before {
                count(self.outbox.service, row.kind, Outcome::Told);
            }
            before = &row.id;
        }
        self.outbox.wake();
    }
}

/// Like `store::retried!`, and what the body tells is stored by the same transaction: an expression of type
/// `Result<T, StoreError>` to be awaited.
///
/// `changing!(&self.db, &self.outbox, |connection, out| …)`: the body has a connection and tells events by `out.emit(&event)?`;
/// it is of type `QueryResult<T>`, and may run again.
#[macro_export]
macro_rules! changing {
    ($db:expr, $outbox:expr, |$connection:ident, $out:ident| $body:expr) => {
        async {
            let outbox: &$crate::Outbox = $outbox;
            let changed = ::store::retried!($db, |$connection| {
                let mut emitted = outbox.begin();
                let done = {
                    let $out = &mut emitted;
                    $body
                }?;
                emitted.store($connection.into()).await?;
                Ok::<_, ::store::reexport::diesel::result::Error>((done, emitted))
            });
            let (done, emitted) = changed.await?;
            emitted.stored();
            Ok::<_, ::store::StoreError>(done)
        }
    };
}

/// Like [`changing!`](crate::changing) for something that is added, and a request with an idempotency key takes effect once: an
/// expression of type `Result<Added<R>, StoreError>` to be awaited.
///
/// `adding!(&self.db, &self.outbox, request, |connection, out| …)`: `request` is an `Option<&KeyedRequest>`, and the body is of
/// type `QueryResult<Added<R>>`.
#[macro_export]
macro_rules! adding {
    ($db:expr, $outbox:expr, $request:expr, |$connection:ident, $out:ident| $body:expr) => {
        async {
            let (db, request): (&::store::Db, Option<&::store::KeyedRequest>) = ($db, $request);
            let settled = $crate::changing!(db, $outbox, |$connection, $out| {
                let claimed = match request {
                    Some(request) => request.claim((&mut *$connection).into()).await?,
                    None => None,
                };
                match claimed {
                    Some(settled) => Ok(settled),
                    None => {
                        let outcome = $body?;
                        if let Some(request) = request {
                            request.keep((&mut *$connection).into(), &outcome).await?;
                        }
                        Ok::<_, ::store::reexport::diesel::result::Error>(::store::Settled::First(outcome))
                    }
                }
            });
            match (request, settled.await?) {
                (None, ::store::Settled::First(outcome)) => Ok(outcome),
                (_, settled) => settled.told(db).await,
            }
        }
    };
}
