//! Doing once what a request with a key asks for.

use diesel::result::Error as QueryError;
use serde::de::DeserializeOwned;

use super::Added;
use super::claim::purge;
use crate::{Db, StoreError};

/// What became of a request in its transaction.
pub enum Settled<T> {
    /// It took effect now.
    First(T),
    /// It took effect before, with this outcome in JSON.
    Again(String),
    /// The key was used for another input.
    Reused,
}

impl<R: DeserializeOwned> Settled<Added<R>> {
    /// What the client is told: the outcome, or that of the first request.
    ///
    /// # Errors
    /// [`StoreError::Query`] when what was kept cannot be read.
    #[doc(hidden)]
    pub async fn told(self, db: &Db) -> Result<Added<R>, StoreError> {
        let meters = db.meters();
        match self {
            Self::First(added) => {
                meters.first.inc();
                purge(db).await;
                Ok(added)
            }
            Self::Again(kept) => {
                meters.again.inc();
                serde_json::from_str(&kept)
                    .map_err(|error| StoreError::Query(QueryError::DeserializationError(Box::new(error))))
            }
            Self::Reused => {
                meters.reused.inc();
                Ok(Added::KeyReused)
            }
        }
    }
}

/// Adds a row for a [`KeyedRequest`](crate::KeyedRequest), unless that request did before: an expression of type
/// `Result<Added<R>, StoreError>` to be awaited.
///
/// `once!(db, request, |connection| …)`: the body adds the row and is of type `QueryResult<Added<R>>`. It runs
/// in a transaction with the keeping of the key, and again when the database took that back.
#[macro_export]
macro_rules! once {
    ($db:expr, $request:expr, |$connection:ident| $body:expr) => {
        async {
            let (db, request): (&$crate::Db, &$crate::KeyedRequest) = ($db, $request);
            let settled = $crate::retried!(db, |$connection| {
                if let Some(settled) = request.claim((&mut *$connection).into()).await? {
                    return Ok(settled);
                }
                let outcome = $body?;
                request.keep($connection.into(), &outcome).await?;
                Ok::<_, $crate::reexport::diesel::result::Error>($crate::Settled::First(outcome))
            });
            settled.await?.told(db).await
        }
    };
}

/// Adds a row whose number the database gives, for a [`KeyedRequest`](crate::KeyedRequest) if there is one: an expression of
/// type `Result<Added<R>, StoreError>` to be awaited.
///
/// `numbered!(db, request, |connection| …, |id| …)`: the first body inserts the row and is of type `QueryResult<usize>`, the
/// second one is the row with its number, which is that of the connection's last insert. Both may run again.
#[macro_export]
macro_rules! numbered {
    ($db:expr, $request:expr, |$connection:ident| $insert:expr, |$id:ident| $row:expr) => {
        async {
            use $crate::reexport::{diesel, diesel_async::RunQueryDsl as _};
            let (db, request): (&$crate::Db, Option<&$crate::KeyedRequest>) = ($db, $request);
            let number = match db {
                $crate::Db::MySql(_) => "CAST(LAST_INSERT_ID() AS SIGNED)",
                $crate::Db::Sqlite(_) => "last_insert_rowid()",
            };
            macro_rules! insert {
                ($on:ident) => {
                    match {
                        let $connection = &mut *$on;
                        $insert
                    } {
                        Ok(_) => {
                            let last = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(number));
                            let $id = last.get_result::<i64>(&mut *$on).await?;
                            Ok($crate::Added::New($row))
                        }
                        Err(error) if $crate::is_duplicate(&error) => Ok($crate::Added::Taken),
                        Err(error) => Err(error),
                    }
                };
            }
            match request {
                None => $crate::write!(db, |on| insert!(on)).await,
                Some(request) => $crate::once!(db, request, |on| insert!(on)).await,
            }
        }
    };
}
