//! The closed list of error codes, and the one way in which an internal cause becomes an error.

use std::error::Error as StdError;

use async_graphql::{Error, ErrorExtensionValues, ServerError, Value};
use graph_host::auth::Caller;
use graph_host::exit::causes;

/// How many errors one answer has at most: nobody reads more, and there could be one for each field.
pub(crate) const ERRORS_MAX: usize = 25;

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
    /// No document is known by the id that was sent.
    DocumentNotFound,
    /// A hash came alone, as automatic persisted queries send it; here the text has to come with it.
    PersistedQueryNotSupported,
    /// The document is not one of those that are run here: only those of the manifests are.
    DocumentNotTrusted,
    /// An argument's value cannot be used: a page too large, a cursor of another list.
    BadUserInput,
    /// A field is not for the caller's role.
    NotAllowed,
    /// The database cannot be reached, or is too busy; the same request may work later.
    StoreUnavailable,
    /// The deadline of the request passed before the data were there.
    Late,
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
            Self::DocumentNotFound => "DOCUMENT_NOT_FOUND",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::StoreUnavailable => "STORE_UNAVAILABLE",
            Self::Late => "DEADLINE_EXCEEDED",
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

/// The codes of errors whose cause only the log knows.
const HIDING: [Code; 3] = [Code::StoreUnavailable, Code::Late, Code::Internal];

/// What a client reads of a fault of ours.
const SORRY: &str = "Something went wrong on our side; please try again later.";

/// The error for a cause that the client must not read: it is logged here, once, with all its sources.
pub fn hidden(code: Code, cause: &dyn StdError) -> Error {
    tracing::error!(code = code.as_str(), cause = causes(cause), "a resolver failed");
    code.error(match code {
        Code::StoreUnavailable => "The data cannot be reached at the moment; please try again.",
        Code::Late => "The data could not be had in time; please try again.",
        _ => SORRY,
    })
}

/// The error of a request whose resolver panicked.
pub(crate) fn broken(caller: &Caller) -> ServerError {
    let mut error = ServerError::new(SORRY, None);
    Code::Internal.mark(&mut error);
    complete(&mut error, caller);
    error
}

/// Gives an error of a request that was not run its code, where it has none: then it did not fit the schema.
pub(crate) fn complete_refusal(error: &mut ServerError) {
    if code(error).is_none() {
        Code::ValidationFailed.mark(error);
    }
}

/// Gives an error of a request that was run what is missing: a code, where the library made it, and the id by which
/// the log knows its cause, where a client does not read that.
pub(crate) fn complete(error: &mut ServerError, caller: &Caller) {
    match code(error) {
        Some(code) if HIDING.iter().any(|one| one.as_str() == code) => {
            let id = caller.request_id.to_str().unwrap_or_default().to_owned();
            error.extensions.get_or_insert_default().set("requestId", id);
        }
        Some(_) => {}
        None if error.path.is_empty() => Code::ValidationFailed.mark(error),
        None => Code::BadUserInput.mark(error),
    }
}

fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}
