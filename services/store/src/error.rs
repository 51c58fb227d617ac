//! What can go wrong between a query and its rows.

use async_graphql::Error as GraphError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use graph_serve::errors::{Code, hidden};

/// What MariaDB and MySQL say of a statement that they ended because it took too long (errors 1969 and 3024).
const TOO_LONG: [&str; 2] = ["max_statement_time exceeded", "maximum statement execution time exceeded"];

/// Why the store could not do what it was asked. Its text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection could be had in time: the database is away, or all connections are busy.
    #[error("no connection to the database")]
    NoConnection(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The deadline of the request had passed before the query could begin.
    #[error("there was no time left for the query")]
    Late,
    /// The database refused the query, or went away while it ran.
    #[error("the query failed")]
    Query(#[from] QueryError),
    /// The schema could not be brought up to date.
    #[error("the migration failed: {0}")]
    Migration(String),
    /// The system gave no random numbers.
    #[error("there are no random numbers: {0}")]
    NoRandomness(getrandom::Error),
}

impl StoreError {
    /// Whether a row with the same key was there before; the caller knows which key that is.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Query(error) if is_duplicate(error))
    }

    /// Whether the database took everything back because of what others did at the same time; the same may
    /// work when it is tried again. MySQL has an error number for that, of which the driver passes on the text.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Query(QueryError::DatabaseError(DatabaseErrorKind::Unknown, what)) => {
                what.message().contains("try restarting transaction")
            }
            Self::Query(QueryError::RollbackTransaction) => true,
            _ => false,
        }
    }

    /// Whether the deadline of the request passed, or the server ended the statement for it.
    pub fn is_late(&self) -> bool {
        match self {
            Self::Late => true,
            Self::Query(QueryError::DatabaseError(DatabaseErrorKind::Unknown, what)) => {
                TOO_LONG.iter().any(|words| what.message().contains(words))
            }
            _ => false,
        }
    }

    /// Whether the connection cannot be trusted any more. The MySQL driver has no kind of its own for a
    /// connection that broke, so all that it cannot name counts: at worst a healthy connection is replaced.
    pub fn lost_connection(&self) -> bool {
        use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand, Unknown};
        match self {
            _ if self.is_conflict() || self.is_late() => false,
            Self::Query(QueryError::DatabaseError(kind, _)) => {
                matches!(kind, ClosedConnection | UnableToSendCommand | Unknown)
            }
            Self::Query(QueryError::BrokenTransactionManager) => true,
            _ => false,
        }
    }
}

/// Whether a row with the same key was there before; the caller knows which key that is.
pub fn is_duplicate(error: &QueryError) -> bool {
    matches!(error, QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// The one place where a failure of the store becomes an error that a client reads.
impl From<StoreError> for GraphError {
    fn from(error: StoreError) -> Self {
        let away = matches!(error, StoreError::NoConnection(_)) || error.lost_connection() || error.is_conflict();
        let code = match error {
            _ if error.is_late() => Code::Late,
            _ if away => Code::StoreUnavailable,
            _ => Code::Internal,
        };
        hidden(code, &error)
    }
}
