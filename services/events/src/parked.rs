//! Events that wait for a person: they failed too often, or can never take effect.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{Db, StoreError, read, retried};

use crate::clock::now_ms;
use crate::table::inbox_waiting as waiting;

/// The most that are listed at once.
pub const LISTED_MAX: i64 = 1_000;

/// A parked event.
#[derive(Clone, Debug, Queryable)]
pub struct Parked {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it failed the last time.
    pub error: String,
}

/// The parked events of a service, the oldest first, up to [`LISTED_MAX`].
///
/// # Errors
/// [`StoreError`].
pub async fn list(db: &Db) -> Result<Vec<Parked>, StoreError> {
    let rows = waiting::table.filter(waiting::parked.eq(true)).order(waiting::n).limit(LISTED_MAX);
    let rows = rows.select((waiting::id, waiting::kind, waiting::subject, waiting::attempts, waiting::error));
    read!(db, |connection| rows.load::<Parked>(connection).await).await
}

/// Has parked events tried again, as if they had never failed: that with this id, or all. Says how many those were.
///
/// # Errors
/// [`StoreError`].
pub async fn retry(db: &Db, id: Option<&str>) -> Result<usize, StoreError> {
    let set = (waiting::parked.eq(false), waiting::attempts.eq(0), waiting::due_at.eq(now_ms()));
    let retried = retried!(db, |connection| {
        let parked = waiting::table.filter(waiting::parked.eq(true));
        match id {
            Some(id) => diesel::update(parked.filter(waiting::id.eq(id))).set(set).execute(connection).await,
            None => diesel::update(parked).set(set).execute(connection).await,
        }
    });
    retried.await
}
