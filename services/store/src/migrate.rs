//! Bringing a schema up to date, by one process at a time.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::pin::Pin;

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::db::Db;
use crate::error::StoreError;
use crate::server::Server;
use crate::url::DatabaseUrl;

/// How long one process waits for another to finish its migrations, in seconds.
const LOCK_WAIT_SECONDS: i32 = 120;

/// The migrations of a service, for both kinds of database.
#[derive(Clone, Copy)]
pub struct Migrations {
    /// The name of the service; the lock is called after it.
    pub service: &'static str,
    /// The steps for MySQL.
    pub mysql: fn() -> EmbeddedMigrations,
    /// The steps for SQLite.
    pub sqlite: fn() -> EmbeddedMigrations,
    /// What comes after the steps: filling in what no SQL can. It runs at every start, so it must find out quickly
    /// that nothing is left to do; it may be cut off anywhere; and several processes may run it at the same time.
    pub fill: fn(Db) -> Filling,
    /// Those of a library that keeps its own tables beside the service's; they come first.
    pub beside: Option<&'static Migrations>,
}

impl Migrations {
    /// The same, with the tables of a library beside.
    #[must_use]
    pub const fn with(self, beside: &'static Self) -> Self {
        Self { beside: Some(beside), ..self }
    }
}

/// The filling in of data after [`Migrations`].
pub type Filling = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// The [`Migrations`] of a service, embedded from the two folders, which are relative to the crate. Nothing is filled in
/// after them.
#[macro_export]
macro_rules! migrations {
    ($service:literal, $mysql:literal, $sqlite:literal) => {{
        use $crate::reexport::diesel_migrations::{self, EmbeddedMigrations, embed_migrations};
        const MYSQL: EmbeddedMigrations = embed_migrations!($mysql);
        const SQLITE: EmbeddedMigrations = embed_migrations!($sqlite);
        $crate::Migrations {
            service: $service,
            mysql: || MYSQL,
            sqlite: || SQLITE,
            fill: |_| Box::pin(async { Ok(()) }),
            beside: None,
        }
    }};
}

/// Applies the migrations that the database at `url` does not have yet, and fills in what comes after them; says which
/// steps those were.
///
/// Any number of processes may do this at the same time on one database: each step is applied once.
///
/// # Errors
/// [`StoreError::NoConnection`] when the database is away, [`StoreError::Migration`] when a step fails, and what
/// the filling in says.
pub async fn migrate(url: &DatabaseUrl, migrations: Migrations) -> Result<Vec<String>, StoreError> {
    match url.clone() {
        DatabaseUrl::MySql(mysql) => {
            let applied = migrate_mysql(&mysql, migrations).await?;
            // No longer under the lock, for which nobody waits as long as a large table may take.
            (migrations.fill)(Db::open_as(migrations.service, url)?).await?;
            Ok(applied)
        }
        DatabaseUrl::Sqlite(path) => {
            let work = tokio::task::spawn_blocking(move || migrate_sqlite(&path, migrations));
            let (applied, lock) = work.await.map_err(|error| StoreError::Migration(error.to_string()))??;
            (migrations.fill)(Db::open_as(migrations.service, url)?).await?;
            drop(lock);
            Ok(applied)
        }
    }
}

/// MySQL commits each DDL statement by itself, so a named lock, not a transaction, keeps others out. It is
/// held by a connection of its own, which drops it also when this process dies. A Galera cluster has such locks on each node
/// alone: there all processes must reach one writer, as deploy/galera has it. If two migrate on two nodes all the same, the
/// same statement fails on the second one, which ends with an error and finds all done when it starts again.
async fn migrate_mysql(server: &Server, migrations: Migrations) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Locked {
        #[diesel(sql_type = Nullable<BigInt>)]
        locked: Option<i64>,
    }
    let mut guard = server.connect().await?;
    let locked: Locked = diesel::sql_query("SELECT GET_LOCK(CONCAT(?, '@', DATABASE()), ?) AS locked")
        .bind::<Text, _>(format!("bookstore.{}", migrations.service))
        .bind::<diesel::sql_types::Integer, _>(LOCK_WAIT_SECONDS)
        .get_result(&mut guard)
        .await?;
    if locked.locked != Some(1) {
        return Err(StoreError::Migration(format!("another process has been migrating for {LOCK_WAIT_SECONDS} s")));
    }
    let harness = AsyncMigrationHarness::new(server.connect().await?);
    // The harness blocks its thread, which only a task of its own may do. That has the lock as well, for it goes on when
    // nobody waits for it any more.
    let work = tokio::spawn(async move {
        let steps = migrations.beside.into_iter().chain([&migrations]).map(|one| (one.mysql)());
        let applied = run::<Mysql>(harness, steps);
        drop(guard);
        applied
    });
    work.await.map_err(|error| StoreError::Migration(error.to_string()))?
}

/// A lock on a file beside the database keeps others out until it is dropped, also when this process dies.
fn migrate_sqlite(path: &Path, migrations: Migrations) -> Result<(Vec<String>, File), StoreError> {
    let unreachable = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::NoConnection(error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unreachable(error.into()))?;
    }
    let lock = File::create(path.with_extension("lock")).map_err(|error| unreachable(error.into()))?;
    lock.lock().map_err(|error| unreachable(error.into()))?;
    keep_private(path).map_err(|error| unreachable(error.into()))?;
    let mut connection =
        SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| unreachable(error.into()))?;
    connection.batch_execute("PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL;")?;
    let steps = migrations.beside.into_iter().chain([&migrations]).map(|one| (one.sqlite)());
    Ok((run::<Sqlite>(connection, steps)?, lock))
}

/// Makes the file of a database, if there is none, for its owner alone; one that is there is no longer for everybody. There are people in
/// it, and keys. What SQLite puts beside it is as it is.
fn keep_private(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let mut mode = file.metadata()?.permissions();
    if mode.mode() & EVERYBODY != 0 {
        mode.set_mode(mode.mode() & !EVERYBODY);
        // It may be somebody else's, who let us write to it.
        if let Err(error) = file.set_permissions(mode) {
            tracing::warn!(%error, path = %path.display(), "a database can be read by everybody");
        }
    }
    Ok(())
}

/// What everybody may do with a file, in its mode.
const EVERYBODY: u32 = 0o007;

fn run<DB: diesel::backend::Backend>(
    mut harness: impl MigrationHarness<DB>,
    sources: impl Iterator<Item = impl MigrationSource<DB>>,
) -> Result<Vec<String>, StoreError> {
    let mut all = Vec::new();
    for steps in sources {
        let applied =
            harness.run_pending_migrations(steps).map_err(|error| StoreError::Migration(error.to_string()))?;
        all.extend(applied.iter().map(ToString::to_string));
    }
    Ok(all)
}
