//! The closed list of error codes, and the one way in which an internal cause becomes an error.

use std::error::Error as StdError;

use async_graphql::{Error, ErrorExtensionValues, ServerError};
use graph_host::exit::causes;

/// What `extensions.code` of an error can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Code {
    /// The HTTP request holds no GraphQL request.
    BadRequest,
    /// The document is not GraphQL.
    ParseFailed,
    /// The document or its variables do not fit the schema.
    ValidationFailed,
    /// The document asks for more than one of the limits allows; `limit`, `allowed` and `asked` say which.
    TooCostly,
    /// An argument's value cannot be used: a page too large, a cursor of another list.
    BadUserInput,
    /// The database cannot be reached, or is too busy; the same request may work later.
    StoreUnavailable,
    /// Something went wrong inside; the log knows what.
    Internal,
}

impl Code {
    /// The code as it is on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::TooCostly => "DOCUMENT_TOO_COSTLY",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::StoreUnavailable => "STORE_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    pub(crate) fn mark(self, error: &mut ServerError) {
        error.extensions.get_or_insert_default().set("code", self.as_str());
    }

    /// An error with this code, whose message the client reads.
    pub fn error(self, message: impl Into<String>) -> Error {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.as_str());
        Error { message: message.into(), source: None, extensions: Some(extensions) }
    }
}

/// The error for a cause that the client must not read: it is logged here, once, with all its sources.
pub fn hidden(code: Code, cause: &dyn StdError) -> Error {
    tracing::error!(code = code.as_str(), cause = causes(cause), "a resolver failed");
    code.error(match code {
        Code::StoreUnavailable => "The data cannot be reached at the moment; please try again.",
        _ => "Something went wrong on our side; please try again later.",
    })
}

/// Gives an error of the library its code: without a path, the document did not fit the schema.
pub(crate) fn complete(error: &mut ServerError) {
    let coded = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
    if !coded {
        let code = if error.path.is_empty() { Code::ValidationFailed } else { Code::BadUserInput };
        code.mark(error);
    }
}
