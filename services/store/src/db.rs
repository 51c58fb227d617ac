//! The pool of connections, and the macros that run one query on either kind of database.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Pool, PoolBuilder};
use diesel::sqlite::SqliteConnection;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncMysqlConnection, SimpleAsyncConnection};

use crate::error::StoreError;
use crate::url::DatabaseUrl;

/// How many MySQL connections a service keeps at most.
const MYSQL_CONNECTIONS: usize = 16;
/// How many SQLite connections a service keeps at most; more readers than cores bring nothing.
const SQLITE_CONNECTIONS: usize = 4;
/// How long a request waits for a connection before it is told that the store is not available.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Readers never wait for a writer (WAL), a writer waits for another, and what was committed is on disk.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

type MySqlManager = AsyncDieselConnectionManager<AsyncMysqlConnection>;
type SqliteManager = AsyncDieselConnectionManager<SyncConnectionWrapper<SqliteConnection>>;

/// A database of either kind. Cloning it shares the pool.
#[derive(Clone)]
pub enum Db {
    /// MySQL, and what speaks its protocol.
    MySql(Pool<MySqlManager>),
    /// A SQLite file.
    Sqlite(Pool<SqliteManager>),
}

impl Db {
    /// A pool for the database at `url`. Connections are opened when they are needed.
    ///
    /// # Errors
    /// [`StoreError::NoConnection`] when the pool cannot be made.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::MySql(url) => {
                let manager = MySqlManager::new_with_config(url, config(None));
                Ok(Self::MySql(pool(manager, MYSQL_CONNECTIONS)?))
            }
            DatabaseUrl::Sqlite(path) => {
                let path = path.to_string_lossy();
                let manager = SqliteManager::new_with_config(
                    path,
                    config(Some(Box::new(|path| Box::pin(open_sqlite(path.to_owned()))))),
                );
                Ok(Self::Sqlite(pool(manager, SQLITE_CONNECTIONS)?))
            }
        }
    }
}

/// A check at every check-out would cost a round trip; [`crate::Lease`] keeps broken connections out instead.
fn config<C: AsyncConnection + 'static>(
    setup: Option<diesel_async::pooled_connection::SetupCallback<C>>,
) -> ManagerConfig<C> {
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    if let Some(setup) = setup {
        config.custom_setup = setup;
    }
    config
}

async fn open_sqlite(path: String) -> ConnectionResult<SyncConnectionWrapper<SqliteConnection>> {
    let mut connection = SyncConnectionWrapper::<SqliteConnection>::establish(&path).await?;
    connection.batch_execute(SQLITE_SETUP).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

fn pool<M: Manager>(manager: M, size: usize) -> Result<Pool<M>, StoreError> {
    let builder: PoolBuilder<M> = Pool::builder(manager);
    builder
        .max_size(size)
        .wait_timeout(Some(WAIT_MAX))
        .create_timeout(Some(WAIT_MAX))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::NoConnection(Box::new(error)))
}

/// Runs a query that changes nothing, as an expression of type `Result<T, StoreError>` to be awaited.
///
/// `read!(db, |connection| books::table.load::<Row>(connection).await)`. The body is compiled once for each
/// kind of database. When the connection turns out to be dead, it runs once more on a new one.
#[macro_export]
macro_rules! read {
    ($db:expr, |$connection:ident| $body:expr) => {
        $crate::on_either!($db, |pool| {
            let mut tries = 0;
            loop {
                tries += 1;
                let mut lease = $crate::Lease::take(pool).await?;
                let $connection = &mut *lease;
                let outcome = $body;
                match lease.settle(outcome) {
                    Err(error) if tries == 1 && error.lost_connection() => drop(pool.retain(|_, _| false)),
                    outcome => break outcome,
                }
            }
        })
    };
}

/// Runs one statement that changes something, as an expression of type `Result<T, StoreError>` to be awaited.
///
/// It never runs twice. A connection that lay idle is asked whether it lives before it is given the statement.
#[macro_export]
macro_rules! write {
    ($db:expr, |$connection:ident| $body:expr) => {
        $crate::on_either!($db, |pool| {
            let mut lease = $crate::writable!(pool);
            let $connection = &mut *lease;
            let outcome = $body;
            lease.settle(outcome)
        })
    };
}

/// Runs several statements of which all take effect or none; otherwise like [`write!`].
///
/// SQLite takes its write lock at the start: a transaction that reads first and writes later would fail.
#[macro_export]
macro_rules! transaction {
    ($db:expr, |$connection:ident| $body:expr) => {
        async {
            match $db {
                $crate::Db::MySql(pool) => {
                    use $crate::reexport::diesel_async::AsyncConnection as _;
                    let mut lease = $crate::writable!(pool);
                    let outcome = lease.transaction(async |$connection| $body).await;
                    lease.settle(outcome)
                }
                $crate::Db::Sqlite(pool) => {
                    let mut lease = $crate::writable!(pool);
                    let outcome = lease.immediate_transaction(async |$connection| $body).await;
                    lease.settle(outcome)
                }
            }
        }
    };
}

/// A lease of a connection that lives.
#[doc(hidden)]
#[macro_export]
macro_rules! writable {
    ($pool:expr) => {{
        let mut lease = $crate::Lease::take($pool).await?;
        if lease.may_be_stale() {
            let alive = $crate::reexport::diesel::sql_query("SELECT 1");
            if $crate::reexport::diesel_async::RunQueryDsl::execute(alive, &mut *lease).await.is_err() {
                $pool.retain(|_, _| false);
                drop(lease);
                lease = $crate::Lease::take($pool).await?;
            }
        }
        lease
    }};
}

/// One body for both kinds of pool.
#[doc(hidden)]
#[macro_export]
macro_rules! on_either {
    ($db:expr, |$pool:ident| $body:expr) => {
        async {
            match $db {
                $crate::Db::MySql($pool) => $body,
                $crate::Db::Sqlite($pool) => $body,
            }
        }
    };
}
