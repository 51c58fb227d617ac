//! What a document asks of the rows behind a field: the look-ahead that ends in the SELECT list.

use async_graphql::{Context, Lookahead, Result};

use crate::errors::{Code, hidden};

/// The fields selected on the rows that a resolver returns.
pub struct Selected<'a>(Vec<Lookahead<'a>>);

impl<'a> Selected<'a> {
    /// The fields selected on the object, or the list of objects, that this resolver returns.
    pub fn on_object(context: &'a Context<'a>) -> Self {
        Self(vec![context.look_ahead()])
    }

    /// The fields selected on the nodes of the connection that this resolver returns.
    pub fn on_connection(context: &'a Context<'a>) -> Self {
        let connection = context.look_ahead();
        Self(vec![connection.field("nodes"), connection.field("edges").field("node")])
    }

    /// Whether the field `name` is selected, under whatever alias, in whatever fragment.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|rows| rows.field(name).exists())
    }
}

/// A column was needed that [`Selected`] had not seen.
#[derive(Debug)]
struct NotRead;

impl std::fmt::Display for NotRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a field was resolved whose column the look-ahead had not seen")
    }
}

impl std::error::Error for NotRead {}

/// The value of a column that was read.
///
/// # Errors
/// `INTERNAL` when it was not: that is a fault of the look-ahead, and must not look like an empty value.
pub fn read<T>(column: Option<T>) -> Result<T> {
    column.ok_or_else(|| hidden(Code::Internal, &NotRead))
}
