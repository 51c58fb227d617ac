//! The database of a service: waited for, and looked after.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::RunQueryDsl;
use graph_host::deadline::Deadline;
use graph_host::exit::causes;
use graph_host::health::Look;
use store::{DatabaseUrl, Db, Migrations, StoreError, migrate, read};
use tokio_util::sync::CancellationToken;

/// How long to wait before the database is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);
/// How long a database may take to say that it is there.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// Finds out whether a database answers.
pub(crate) fn answers(db: Db) -> Look {
    Arc::new(move || {
        let db = db.clone();
        let asked =
            async move { read!(&db, |connection| diesel::sql_query("SELECT 1").execute(connection).await).await };
        Box::pin(async move { Deadline::within(ANSWERS_WITHIN).scope(asked).await.is_ok() })
    })
}

/// Opens and migrates a database, waiting for it as long as it takes; nothing when it is time to stop, also while data is
/// filled in.
///
/// # Errors
/// [`StoreError`] when the database is there but cannot be migrated.
pub async fn open_when_ready(
    url: &DatabaseUrl,
    migrations: Migrations,
    stop: &CancellationToken,
) -> Result<Option<Db>, StoreError> {
    loop {
        let migrated = tokio::select! {
            migrated = migrate(url, migrations) => migrated,
            () = stop.cancelled() => return Ok(None),
        };
        match migrated {
            Ok(applied) if applied.is_empty() => return Db::open_as(migrations.service, url).map(Some),
            Ok(applied) => {
                tracing::info!(database = %url, applied = applied.join(", "), "migrated");
                return Db::open_as(migrations.service, url).map(Some);
            }
            Err(error @ StoreError::NoConnection(_)) => {
                tracing::warn!(database = %url, cause = causes(&error), "waiting for the database");
            }
            Err(error) => return Err(error),
        }
        tokio::select! { () = tokio::time::sleep(TRY_AGAIN_AFTER) => {}, () = stop.cancelled() => return Ok(None) }
    }
}
