//! The cost ceiling: what any document may ask for, settled before it is run.
//!
//! `scan` looks at the bytes before they are parsed, `structure` at the parsed document before it is checked against the
//! graph, `scales` at the merged operation with its variables before it is run. Each takes time in proportion to what it looks
//! at, and makes the next step safe.

mod cost;
mod inputs;
#[cfg(test)]
mod properties;
pub(crate) mod scales;
mod scan;
mod settings;
pub(crate) mod structure;

use async_graphql::ServerError;

pub use cost::Cost;
pub(crate) use inputs::scan_json;
pub(crate) use scan::scan;
pub use settings::LimitArgs;

use crate::errors::Code;

/// The most that a document may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a GraphQL document.
    pub bytes: u64,
    /// Tokens of a GraphQL document.
    pub tokens: u64,
    /// How deep the fields of a GraphQL document may be nested.
    pub depth: u64,
    /// Fields of a GraphQL document, those of a fragment counted wherever it is spread.
    pub fields: u64,
    /// Aliases of a GraphQL document, counted likewise.
    pub aliases: u64,
    /// Directives of a GraphQL document, counted likewise.
    pub directives: u64,
    /// Fields at the root of a GraphQL document, each of which is a query of its own.
    pub root_fields: u64,
    /// Rows that a GraphQL document may lead to: the sizes of its pages, multiplied down the tree.
    pub rows: u64,
    /// Values of an answer: the fields of its rows, multiplied down the tree.
    pub values: u64,
    /// Values of a request, in its variables and its arguments; those of a variable count wherever it is used, and
    /// 64 bytes of text count as one more.
    pub inputs: u64,
    /// Fields of each selection of a GraphQL document, again for each fragment around them.
    pub comparisons: u64,
    /// Bytes of a name or a number in a GraphQL document.
    pub name_bytes: u64,
    /// Bytes of the rows in an answer. What they have is only known when it was read.
    pub answer_bytes: u64,
    /// Fields that count as several values, since their texts may be long: one for each 1,000 bytes that it may have.
    pub long_texts: &'static [(&'static str, u64)],
}

impl Default for Limits {
    /// The defaults of the settings.
    fn default() -> Self {
        Self {
            bytes: 65_536,
            tokens: 5_000,
            depth: 20,
            fields: 2_000,
            aliases: 100,
            directives: 50,
            root_fields: 20,
            rows: 10_000,
            values: 30_000,
            inputs: 10_000,
            comparisons: 10_000,
            name_bytes: 200,
            answer_bytes: 16 * 1024 * 1024,
            long_texts: &[],
        }
    }
}

/// A limit that a document does not keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exceeded {
    /// What is limited.
    pub limit: &'static str,
    /// How much of it is allowed.
    pub allowed: u64,
    /// How much the document asks for; at least so much, when counting it was not worth the while.
    pub asked: u64,
}

impl Exceeded {
    /// Holds a document to a limit.
    ///
    /// # Errors
    /// When it asks for more.
    pub fn check(limit: &'static str, asked: u64, allowed: u64) -> Result<(), Self> {
        if asked > allowed { Err(Self { limit, allowed, asked }) } else { Ok(()) }
    }
}

impl From<Exceeded> for ServerError {
    fn from(Exceeded { limit, allowed, asked }: Exceeded) -> Self {
        let message = format!("The document asks for {asked} {limit}; at most {allowed} are allowed.");
        let mut error = Self::new(message, None);
        Code::TooCostly.mark(&mut error);
        let details = error.extensions.get_or_insert_default();
        details.set("limit", limit);
        details.set("allowed", allowed);
        details.set("asked", asked);
        error
    }
}
