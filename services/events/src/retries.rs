//! Events that failed: when they are tried again, and what waits behind them.

use std::collections::HashSet;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{Connection, Db, StoreError, on, read, retried, write};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::{ms, now_ms};
use crate::envelope::Envelope;
use crate::lease::Lease;
use crate::metrics;
use crate::receiver::Receiver;
use crate::relay::Trouble;
use crate::table::{inbox, inbox_waiting as waiting};

/// How often an event is tried before it is parked.
pub const PARKED_AFTER: i32 = 10;
/// The pause after the first try that failed; it doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The time at which an event is due that waits for another one.
const BEHIND: i64 = i64::MAX;
/// How often is looked for events that are due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many are tried in one look.
const AT_ONCE: i64 = 64;
/// The most characters of an error that are kept.
const ERROR_MAX: usize = 1_000;
/// How long the ids of events are kept: longer than any event may come again.
const IDS_FOR: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How often old ids are removed, and how many at once.
const PURGE_EVERY: Duration = Duration::from_secs(60);
const PURGED_AT_ONCE: i64 = 5_000;

/// How long an event waits that failed so many times.
pub fn pause_after(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(16);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

/// What is kept of a failure.
pub(crate) struct Aside {
    pub(crate) error: String,
    pub(crate) attempts: i32,
    pub(crate) parked: bool,
    due_at: i64,
}

impl Aside {
    /// After one more failure than `before`.
    pub(crate) fn after(before: i32, never: bool, error: String) -> Self {
        let attempts = before.saturating_add(1);
        let due_at = now_ms().saturating_add(ms(pause_after(attempts)));
        let error = error.chars().take(ERROR_MAX).collect();
        Self { error, attempts, parked: never || attempts >= PARKED_AFTER, due_at }
    }
}

/// A row of the table.
#[derive(Insertable)]
#[diesel(table_name = waiting)]
struct NewRow<'a> {
    id: &'a str,
    kind: &'a str,
    subject: &'a str,
    body: String,
    error: &'a str,
    attempts: i32,
    due_at: i64,
    parked: bool,
}

/// Keeps an event that failed.
pub(crate) async fn keep(connection: Connection<'_>, event: &Envelope, aside: &Aside) -> QueryResult<()> {
    let body = event.text().map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))?;
    let row = NewRow {
        id: event.id(),
        kind: event.kind(),
        subject: event.subject(),
        body,
        error: &aside.error,
        attempts: aside.attempts,
        due_at: aside.due_at,
        parked: aside.parked,
    };
    on!(connection, |inner| diesel::insert_into(waiting::table).values(&row).execute(inner)).map(drop)
}

/// Keeps an event that comes behind one of the same subject that failed.
pub(crate) async fn wait(connection: Connection<'_>, event: &Envelope) -> QueryResult<()> {
    let aside = Aside { error: String::new(), attempts: 0, parked: false, due_at: BEHIND };
    keep(connection, event, &aside).await
}

/// Those of `subjects` of which an event waits, held until the end of the transaction.
pub(crate) async fn held(connection: Connection<'_>, subjects: &HashSet<String>) -> QueryResult<HashSet<String>> {
    let rows = waiting::table.filter(waiting::subject.eq_any(subjects).and(waiting::parked.eq(false)));
    let rows = rows.select(waiting::subject);
    let held: Vec<String> = match connection {
        // SQLite has one writer at a time, which this is.
        Connection::Sqlite(connection) => rows.load(connection).await?,
        Connection::MySql(connection) => rows.for_update().load(connection).await?,
    };
    Ok(held.into_iter().collect())
}

/// Takes an event that is tried again out of the table; whether it was there.
pub(crate) async fn take(connection: Connection<'_>, n: i64) -> QueryResult<bool> {
    let row = waiting::table.find(n).filter(waiting::parked.eq(false));
    on!(connection, |inner| diesel::delete(row).execute(inner)).map(|rows| rows > 0)
}

/// Has the next event of a subject tried now, when the one before it is over.
pub(crate) async fn wake_next(mut connection: Connection<'_>, subject: &str) -> QueryResult<()> {
    let behind = waiting::table.filter(waiting::subject.eq(subject).and(waiting::parked.eq(false)));
    let next = behind.order(waiting::n).select((waiting::n, waiting::due_at));
    let Some((n, due_at)) = on!(connection.again(), |inner| next.first::<(i64, i64)>(inner)).optional()? else {
        return Ok(());
    };
    if due_at == BEHIND {
        let set = waiting::due_at.eq(now_ms());
        on!(connection, |inner| diesel::update(waiting::table.find(n)).set(set).execute(inner))?;
    }
    Ok(())
}

/// Notes that an event failed once more.
pub(crate) async fn again(db: &Db, n: i64, subject: &str, aside: &Aside) -> Result<(), StoreError> {
    let noted = retried!(db, |connection| {
        let set = (
            waiting::error.eq(&aside.error),
            waiting::attempts.eq(aside.attempts),
            waiting::due_at.eq(aside.due_at),
            waiting::parked.eq(aside.parked),
        );
        diesel::update(waiting::table.find(n)).set(set).execute(connection).await?;
        if aside.parked {
            wake_next(connection.into(), subject).await?;
        }
        Ok::<_, diesel::result::Error>(())
    });
    noted.await
}

/// Parks what is no event at all.
pub(crate) async fn park(db: &Db, text: &str, why: &str) -> Result<(), StoreError> {
    let id = Uuid::now_v7().to_string();
    let row = NewRow {
        id: &id,
        kind: "?",
        subject: &id,
        body: text.to_owned(),
        error: why,
        attempts: 1,
        due_at: now_ms(),
        parked: true,
    };
    let insert = diesel::insert_into(waiting::table).values(&row);
    write!(db, |connection| insert.execute(connection).await).await.map(drop)
}

/// Tries events again when they are due, until it is time to stop; and removes old ids.
pub(crate) async fn run(receiver: Receiver, stop: CancellationToken) {
    let mut lease = Lease::new(receiver.db().clone(), format!("{} retries", receiver.service()));
    let mut trouble = Trouble::new(receiver.service(), "events that failed are not tried again");
    let mut purged_at = 0;
    while !stop.is_cancelled() {
        let looked = look(&receiver, &mut lease, &mut purged_at).await;
        let pause = match trouble.judge(looked) {
            Ok(tried) if tried == AT_ONCE => continue,
            Ok(_) => LOOK_EVERY,
            Err(pause) => pause,
        };
        tokio::select! { () = tokio::time::sleep(pause) => {}, () = stop.cancelled() => {} }
    }
    lease.release().await;
}

/// Tries those that are due; says how many there were.
async fn look(receiver: &Receiver, lease: &mut Lease, purged_at: &mut i64) -> Result<i64, StoreError> {
    let (db, now) = (receiver.db(), now_ms());
    if now.saturating_sub(*purged_at) > ms(PURGE_EVERY) {
        *purged_at = now;
        purge(db, now).await?;
    }
    count(receiver).await?;
    let due = waiting::table.filter(waiting::parked.eq(false).and(waiting::due_at.le(now)));
    let due = due.order(waiting::due_at).limit(AT_ONCE).select((waiting::n, waiting::body, waiting::attempts));
    let due = read!(db, |connection| due.load::<(i64, String, i32)>(connection).await).await?;
    if due.is_empty() || !lease.hold().await? {
        return Ok(0);
    }
    let number = i64::try_from(due.len()).unwrap_or(AT_ONCE);
    for (n, body, attempts) in due {
        match Envelope::read(&body) {
            Ok(event) => receiver.retry(n, &event, attempts).await?,
            // What is no event was parked at once; a person has it tried again.
            Err(why) => again(db, n, "", &Aside::after(attempts, true, why)).await?,
        }
    }
    Ok(number)
}

/// Counts what waits.
async fn count(receiver: &Receiver) -> Result<(), StoreError> {
    let of = |parked: bool| waiting::table.filter(waiting::parked.eq(parked)).count();
    let counted = read!(receiver.db(), |connection| {
        let parked: i64 = of(true).get_result(connection).await?;
        let waiting: i64 = of(false).get_result(connection).await?;
        Ok::<_, diesel::result::Error>((parked, waiting))
    });
    let (parked, waiting) = counted.await?;
    metrics::aside(receiver.service(), parked, waiting);
    Ok(())
}

/// Removes some ids of events that were heard long ago.
async fn purge(db: &Db, now: i64) -> Result<(), StoreError> {
    let old = inbox::table.filter(inbox::received_at.lt(now.saturating_sub(ms(IDS_FOR))));
    let old = old.select(inbox::id).order(inbox::received_at).limit(PURGED_AT_ONCE);
    let ids = read!(db, |connection| old.load::<String>(connection).await).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let old = inbox::table.filter(inbox::id.eq_any(&ids));
    write!(db, |connection| diesel::delete(old.clone()).execute(connection).await).await.map(drop)
}
