//! Connections to MySQL: opening them, asking those that lay idle, and telling them how long a statement may run.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName};
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, RunQueryDsl};

use crate::error::StoreError;
use crate::server::Server;

/// How long a connection may lie idle and still be trusted.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// The times that statements are given; few, so that a connection seldom has to be told a new one.
const STEPS_MS: [u64; 7] = [100, 250, 1_000, 2_500, 5_000, 10_000, 30_000];

/// Opens connections for a pool.
pub struct MySql {
    server: Server,
}

/// A connection, and what it has been told.
pub struct MySqlConnection {
    connection: AsyncMysqlConnection,
    dialect: Dialect,
    /// The step that statements have, in milliseconds; 0 for any time.
    limit_ms: u64,
}

/// How a server is told how long a statement may run.
enum Dialect {
    /// `max_statement_time`, in seconds.
    MariaDb,
    /// `max_execution_time`, in milliseconds, which holds for reads. So it is with TiDB and Vitess.
    MySql,
}

impl MySql {
    /// Connections to a server's database.
    pub(crate) fn new(server: Server) -> Self {
        Self { server }
    }
}

impl Manager for MySql {
    type Type = MySqlConnection;
    type Error = StoreError;

    async fn create(&self) -> Result<MySqlConnection, StoreError> {
        #[derive(QueryableByName)]
        struct About {
            #[diesel(sql_type = Text)]
            version: String,
        }
        let mut connection = self.server.connect().await?;
        let about: About = diesel::sql_query("SELECT @@version AS version").get_result(&mut connection).await?;
        let dialect = if about.version.contains("MariaDB") { Dialect::MariaDb } else { Dialect::MySql };
        Ok(MySqlConnection { connection, dialect, limit_ms: 0 })
    }

    /// A connection that lay idle is asked whether it still lives: the other side may have closed it, and a write must
    /// not find that out. One in steady use is trusted, which saves a round trip.
    async fn recycle(&self, connection: &mut MySqlConnection, metrics: &Metrics) -> RecycleResult<StoreError> {
        if connection.is_broken() {
            return Err(RecycleError::message("a broken connection"));
        }
        if metrics.last_used() > TRUSTED_FOR {
            let asked = diesel::sql_query("SELECT 1").execute(&mut connection.connection).await;
            asked.map_err(StoreError::from)?;
        }
        Ok(())
    }
}

/// A connection whose server can be told how long a statement may run.
pub trait Timed {
    /// Lets statements run for `left` and little longer, or, without it, for any time.
    fn limit(&mut self, left: Option<Duration>) -> impl Future<Output = QueryResult<()>> + Send;
}

impl Timed for MySqlConnection {
    async fn limit(&mut self, left: Option<Duration>) -> QueryResult<()> {
        let wanted = left.map_or(0, step);
        if self.limit_ms == wanted {
            return Ok(());
        }
        diesel::sql_query(self.dialect.limit(wanted)).execute(&mut self.connection).await?;
        self.limit_ms = wanted;
        Ok(())
    }
}

impl Timed for SyncConnectionWrapper<SqliteConnection> {
    /// SQLite knows no such limit; what one statement may do is bounded by the cost ceiling, and how long it waits for
    /// others by `busy_timeout`.
    async fn limit(&mut self, _: Option<Duration>) -> QueryResult<()> {
        Ok(())
    }
}

/// The smallest step that is not below `left`, in milliseconds.
fn step(left: Duration) -> u64 {
    let [.., longest] = STEPS_MS;
    STEPS_MS.into_iter().find(|step| Duration::from_millis(*step) >= left).unwrap_or(longest)
}

impl Dialect {
    /// The statement that sets the limit, also for waiting for another's lock, which counts whole seconds.
    fn limit(&self, ms: u64) -> String {
        let lock = if ms == 0 { "DEFAULT".to_owned() } else { ms.div_ceil(1000).to_string() };
        match self {
            Self::MariaDb => {
                let (seconds, rest) = (ms / 1000, ms % 1000);
                format!("SET SESSION max_statement_time = {seconds}.{rest:03}, innodb_lock_wait_timeout = {lock}")
            }
            Self::MySql => format!("SET SESSION max_execution_time = {ms}, innodb_lock_wait_timeout = {lock}"),
        }
    }
}

impl Deref for MySqlConnection {
    type Target = AsyncMysqlConnection;

    fn deref(&self) -> &AsyncMysqlConnection {
        &self.connection
    }
}

impl DerefMut for MySqlConnection {
    fn deref_mut(&mut self) -> &mut AsyncMysqlConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_at_least_the_time_that_is_left() {
        for (left, expected) in [(0, 100), (100, 100), (101, 250), (9_990, 10_000), (60_000, 30_000)] {
            assert_eq!(step(Duration::from_millis(left)), expected);
        }
    }

    #[test]
    fn each_server_is_told_in_its_own_words() {
        assert!(Dialect::MariaDb.limit(2_500).contains("max_statement_time = 2.500, innodb_lock_wait_timeout = 3"));
        assert!(Dialect::MySql.limit(100).contains("max_execution_time = 100, innodb_lock_wait_timeout = 1"));
        assert!(Dialect::MariaDb.limit(0).contains("max_statement_time = 0.000, innodb_lock_wait_timeout = DEFAULT"));
    }
}
