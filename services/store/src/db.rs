//! The pool of connections, and the macros that run one query on either kind of database.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Object, Pool, PoolBuilder};
use diesel::sqlite::SqliteConnection;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};

use crate::connections::{Connections, Meters};
use crate::error::StoreError;
use crate::mysql::MySql;
use crate::replica::Replica;
use crate::server::Server;
use crate::statements;
use crate::url::DatabaseUrl;

/// How many MySQL connections a service keeps at most.
const MYSQL_CONNECTIONS: usize = 16;
/// How many SQLite connections a service keeps at most; more readers than cores bring nothing.
const SQLITE_CONNECTIONS: usize = 4;
/// How long a request waits for a connection before it is told that the store is not available, unless its own
/// deadline comes first.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// How often a write is tried that the database takes back because of others.
const TRIES: u32 = 8;
/// How long the others may go on before the second try; before the third it is twice that, and so on. By chance it is up to
/// a half more or less, so that those who met do not meet again.
const PAUSE: Duration = Duration::from_millis(10);
/// Readers never wait for a writer (WAL), a writer waits for another, and what was committed is on disk.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

type SqliteManager = AsyncDieselConnectionManager<SyncConnectionWrapper<SqliteConnection>>;

/// A database of either kind. Cloning it shares the pool.
#[derive(Clone)]
pub enum Db {
    /// MySQL, and what speaks its protocol.
    MySql(Connections<MySql>),
    /// A SQLite file.
    Sqlite(Connections<SqliteManager>),
}

impl Db {
    /// A pool for the database at `url`. Connections are opened when they are needed.
    ///
    /// # Errors
    /// [`StoreError::NoConnection`] when the pool cannot be made.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_as("-", url)
    }

    /// Like [`Self::open`], with connections that are counted as those to `database`.
    ///
    /// # Errors
    /// [`StoreError::NoConnection`] when the pool cannot be made.
    pub fn open_as(database: &'static str, url: &DatabaseUrl) -> Result<Self, StoreError> {
        statements::trace();
        match url {
            DatabaseUrl::MySql(server) => {
                let connections = mysql(database, server)?;
                let Some(replica) = server.replica() else { return Ok(Self::MySql(connections)) };
                let replica = Self::MySql(mysql(replica_of(database), replica)?);
                Ok(Self::MySql(connections.with_replica(Replica::new(replica))))
            }
            DatabaseUrl::Sqlite(path) => {
                let mut config = ManagerConfig::default();
                // No check at every check-out: a file does not go away.
                config.recycling_method = RecyclingMethod::Fast;
                config.custom_setup = Box::new(|path| Box::pin(open_sqlite(path.to_owned())));
                let manager = SqliteManager::new_with_config(path.to_string_lossy(), config);
                Ok(Self::Sqlite(Connections::new(pool(Pool::builder(manager), SQLITE_CONNECTIONS)?, database)))
            }
        }
    }

    /// Closes all connections that nobody uses: one of them was dead, as others may be.
    pub(crate) fn forget(&self) {
        match self {
            Self::MySql(connections) => drop(connections.retain(|_, _| false)),
            Self::Sqlite(connections) => drop(connections.retain(|_, _| false)),
        }
    }

    pub(crate) fn meters(&self) -> &Meters {
        match self {
            Self::MySql(connections) => connections.meters(),
            Self::Sqlite(connections) => connections.meters(),
        }
    }
}

fn mysql(database: &'static str, server: &Server) -> Result<Connections<MySql>, StoreError> {
    let pool = pool(Pool::builder(MySql::new(server.clone())), MYSQL_CONNECTIONS)?;
    Ok(Connections::new(pool, database))
}

/// What a database's replica is counted as.
fn replica_of(database: &'static str) -> &'static str {
    match database {
        "books" => "books_replica",
        "customers" => "customers_replica",
        _ => "replica",
    }
}

async fn open_sqlite(path: String) -> ConnectionResult<SyncConnectionWrapper<SqliteConnection>> {
    let mut connection = SyncConnectionWrapper::<SqliteConnection>::establish(&path).await?;
    connection.batch_execute(SQLITE_SETUP).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

fn pool<M: Manager>(builder: PoolBuilder<M, Object<M>>, size: usize) -> Result<Pool<M>, StoreError> {
    builder
        .max_size(size)
        .wait_timeout(Some(WAIT_MAX))
        .create_timeout(Some(WAIT_MAX))
        .recycle_timeout(Some(WAIT_MAX))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| StoreError::NoConnection(Box::new(error)))
}

/// What a service stores, over connections that its copies share; and the migrations of its database.
///
/// ```ignore
/// store::tables! {
///     /// The plants.
///     PlantStore: "plants" in "../../migrations/plants/mysql", "../../migrations/plants/sqlite"
/// }
/// ```
#[macro_export]
macro_rules! tables {
    ($(#[$about:meta])+ $store:ident: $service:literal in $mysql:literal, $sqlite:literal) => {
        /// The migrations of the database.
        pub const MIGRATIONS: $crate::Migrations = $crate::migrations!($service, $mysql, $sqlite);

        $(#[$about])+
        #[derive(Clone)]
        pub struct $store {
            db: $crate::Db,
            shapes: ::std::sync::Arc<$crate::Shapes>,
        }

        impl $store {
            /// Those in `db`, which has been migrated.
            pub fn new(db: $crate::Db) -> Self {
                Self { db, shapes: ::std::sync::Arc::default() }
            }
        }
    };
}

/// Runs a query that changes nothing, as an expression of type `Result<T, StoreError>` to be awaited.
///
/// `read!(db, |connection| books::table.load::<Row>(connection).await)`. The body is compiled once for each
/// kind of database. When the connection turns out to be dead, it runs once more on a new one. It is read from the
/// replica, when there is one that has all that was written before.
#[macro_export]
macro_rules! read {
    ($db:expr, |$connection:ident| $body:expr) => {
        async {
            let mut reading = $crate::Reading::of($db).await;
            loop {
                let attempt = $crate::write!(reading.db(), |$connection| $body).await;
                if !reading.again(&attempt) {
                    break attempt;
                }
            }
        }
    };
}

/// Runs one statement that changes something, as an expression of type `Result<T, StoreError>` to be awaited.
///
/// It runs again only when the database took it back because of what others did at the same time (a deadlock, or a node
/// of Galera that refused to commit it). When its connection breaks, nobody knows whether it took effect.
#[macro_export]
macro_rules! write {
    ($db:expr, |$connection:ident| $body:expr) => {
        $crate::on_either!($db, |pool| {
            let mut tries = 0;
            loop {
                tries += 1;
                let mut lease = $crate::Lease::take(pool).await?;
                let $connection = &mut *lease;
                let outcome = $body;
                let attempt = lease.settle(outcome);
                if !$crate::try_again(&attempt, tries).await {
                    break attempt;
                }
            }
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
                    let mut lease = $crate::Lease::take(pool).await?;
                    let outcome = lease.transaction(async |$connection| $body).await;
                    lease.settle(outcome)
                }
                $crate::Db::Sqlite(pool) => {
                    let mut lease = $crate::Lease::take(pool).await?;
                    let outcome = lease.immediate_transaction(async |$connection| $body).await;
                    lease.settle(outcome)
                }
            }
        }
    };
}

/// Like [`transaction!`], and once more when the database took it back because of what others did at the same time.
#[macro_export]
macro_rules! retried {
    ($db:expr, |$connection:ident| $body:expr) => {
        async {
            let mut tries = 0;
            loop {
                tries += 1;
                let attempt = $crate::transaction!($db, |$connection| $body).await;
                if !$crate::try_again(&attempt, tries).await {
                    break attempt;
                }
            }
        }
    };
}

/// Whether a write is tried once more after this attempt; the others go on for a while meanwhile.
#[doc(hidden)]
pub async fn try_again<T>(attempt: &Result<T, StoreError>, tries: u32) -> bool {
    let again = tries < TRIES && attempt.as_ref().is_err_and(StoreError::is_conflict);
    if again {
        let chance = getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX));
        tokio::time::sleep((PAUSE * tries).mul_f64(0.5 + chance)).await;
    }
    again
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
