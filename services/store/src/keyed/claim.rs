//! The table of keys: taking one, keeping what it led to, forgetting it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use diesel::OptionalExtension;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel::sqlite::SqliteConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, RunQueryDsl};
use graph_host::exit::causes;
use serde::Serialize;

use self::table::idempotency_keys as keys;
use super::{KeyedRequest, Settled};
use crate::mysql::MySql;
use crate::{Db, Lease, StoreError, read, write};

/// How long the outcome of a request with a key is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How many expired keys one new key removes.
const PURGED_AT_ONCE: i64 = 16;

/// The table, which each service has in its own database.
#[allow(missing_docs, reason = "generated")]
mod table {
    diesel::table! {
        idempotency_keys (id) {
            id -> Text,
            fingerprint -> Text,
            outcome -> Text,
            expires_at -> BigInt,
        }
    }
}

/// A connection of either kind.
pub enum Connection<'a> {
    /// To MySQL.
    MySql(&'a mut AsyncMysqlConnection),
    /// To a SQLite file.
    Sqlite(&'a mut SyncConnectionWrapper<SqliteConnection>),
}

impl<'a> From<&'a mut Lease<MySql>> for Connection<'a> {
    fn from(connection: &'a mut Lease<MySql>) -> Self {
        Self::MySql(connection)
    }
}

impl<'a> From<&'a mut SyncConnectionWrapper<SqliteConnection>> for Connection<'a> {
    fn from(connection: &'a mut SyncConnectionWrapper<SqliteConnection>) -> Self {
        Self::Sqlite(connection)
    }
}

impl Connection<'_> {
    /// The same connection, for a statement that is not the last one.
    pub fn again(&mut self) -> Connection<'_> {
        match self {
            Self::MySql(connection) => Connection::MySql(connection),
            Self::Sqlite(connection) => Connection::Sqlite(connection),
        }
    }
}

/// One statement on either kind of [`Connection`], in a function that is given one.
#[macro_export]
macro_rules! on {
    ($connection:expr, |$inner:ident| $statement:expr) => {
        match $connection {
            $crate::Connection::MySql($inner) => $statement.await,
            $crate::Connection::Sqlite($inner) => $statement.await,
        }
    };
}

/// A row of the table.
#[derive(Insertable, Queryable)]
#[diesel(table_name = keys)]
struct Kept {
    id: String,
    fingerprint: String,
    outcome: String,
    expires_at: i64,
}

impl KeyedRequest {
    /// Takes the key; nothing when it is this request's now, else what it was used for. While another
    /// request has it in a transaction that is not over, this waits.
    #[doc(hidden)]
    pub async fn claim<T>(&self, mut connection: Connection<'_>) -> QueryResult<Option<Settled<T>>> {
        let now = now();
        let mine = Kept {
            id: self.id.clone(),
            fingerprint: self.fingerprint.clone(),
            outcome: String::new(),
            expires_at: now.saturating_add_unsigned(KEPT_FOR.as_secs()),
        };
        let insert = diesel::insert_into(keys::table).values(&mine);
        match on!(connection.again(), |inner| insert.execute(inner)) {
            Err(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {}
            inserted => return inserted.map(|_| None),
        }
        let earlier = on!(connection.again(), |inner| keys::table.find(&self.id).first::<Kept>(inner)).optional()?;
        match earlier {
            Some(kept) if kept.expires_at <= now => self.take_over(&mine, now, connection).await.map(|()| None),
            Some(kept) if kept.fingerprint == self.fingerprint => Ok(Some(Settled::Again(kept.outcome))),
            Some(_) => Ok(Some(Settled::Reused)),
            // It went away meanwhile.
            None => Err(QueryError::RollbackTransaction),
        }
    }

    /// Makes an expired key this request's.
    async fn take_over(&self, mine: &Kept, now: i64, connection: Connection<'_>) -> QueryResult<()> {
        let expired = keys::table.find(&self.id).filter(keys::expires_at.le(now));
        let values = (
            keys::fingerprint.eq(&mine.fingerprint),
            keys::outcome.eq(&mine.outcome),
            keys::expires_at.eq(mine.expires_at),
        );
        match on!(connection, |inner| diesel::update(expired).set(values).execute(inner))? {
            0 => Err(QueryError::RollbackTransaction),
            _ => Ok(()),
        }
    }

    /// Keeps the outcome under the key that was taken.
    #[doc(hidden)]
    pub async fn keep(&self, connection: Connection<'_>, outcome: &impl Serialize) -> QueryResult<()> {
        let outcome =
            serde_json::to_string(outcome).map_err(|error| QueryError::SerializationError(Box::new(error)))?;
        let key = keys::table.find(&self.id);
        on!(connection, |inner| diesel::update(key).set(keys::outcome.eq(outcome)).execute(inner)).map(|_| ())
    }
}

/// Removes a few of the keys that are expired. They are harmless, so a failure is only noted. They are
/// looked up first, because a DELETE by a range would hold up others.
pub(super) async fn purge(db: &Db) {
    let now = now();
    let expired = read!(db, |connection| {
        let few = keys::table.filter(keys::expires_at.le(now)).select(keys::id).limit(PURGED_AT_ONCE);
        few.load::<String>(connection).await
    });
    let removed = async {
        let expired = expired.await?;
        if expired.is_empty() {
            return Ok(0);
        }
        let those = keys::table.filter(keys::id.eq_any(expired)).filter(keys::expires_at.le(now));
        write!(db, |connection| diesel::delete(those.clone()).execute(connection).await).await
    };
    if let Err(error) = removed.await {
        let error: StoreError = error;
        tracing::warn!(cause = causes(&error), "expired idempotency keys could not be removed");
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
