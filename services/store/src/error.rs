//! What can go wrong between a query and its rows.

use async_graphql::Error as GraphError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use graph_serve::errors::{Code, hidden};

/// Why the store could not do what it was asked. Its text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection could be had in time: the database is away, or all connections are busy.
    #[error("no connection to the database")]
    NoConnection(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database refused the query, or went away while it ran.
    #[error("the query failed")]
    Query(#[from] QueryError),
    /// The schema could not be brought up to date.
    #[error("the migration failed: {0}")]
    Migration(String),
}

impl StoreError {
    /// Whether a row with the same key was there before; the caller knows which key that is.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Query(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    /// Whether the connection cannot be trusted any more. The MySQL driver has no kind of its own for a
    /// connection that broke, so all that it cannot name counts: at worst a healthy connection is replaced.
    pub fn lost_connection(&self) -> bool {
        use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand, Unknown};
        match self {
            Self::Query(QueryError::DatabaseError(kind, _)) => {
                matches!(kind, ClosedConnection | UnableToSendCommand | Unknown)
            }
            Self::Query(QueryError::BrokenTransactionManager) => true,
            _ => false,
        }
    }
}

/// The one place where a failure of the store becomes an error that a client reads.
impl From<StoreError> for GraphError {
    fn from(error: StoreError) -> Self {
        let away = matches!(error, StoreError::NoConnection(_)) || error.lost_connection();
        hidden(if away { Code::StoreUnavailable } else { Code::Internal }, &error)
    }
}
