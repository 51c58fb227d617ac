//! Reading a GraphQL response (GraphQL specification, section 7.1).

use bytes::Bytes;
use serde::Deserialize;

use crate::error::CallError;

/// The bytes of a GraphQL response, not yet read.
#[derive(Debug)]
pub struct Answer {
    service: &'static str,
    body: Bytes,
}

/// A GraphQL response; `data` borrows from its bytes.
#[derive(Deserialize)]
struct Response<'a, D> {
    data: Option<D>,
    #[serde(borrow, default)]
    errors: Vec<GraphError<'a>>,
}

#[derive(Deserialize)]
struct GraphError<'a> {
    #[serde(borrow)]
    message: std::borrow::Cow<'a, str>,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    #[serde(default)]
    code: String,
}

impl Answer {
    pub(crate) fn new(service: &'static str, body: Bytes) -> Self {
        Self { service, body }
    }

    /// How many bytes the service sent.
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Whether the service sent nothing at all.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The data, read as `D`, which may borrow from the answer.
    ///
    /// # Errors
    /// [`CallError::Unavailable`] and [`CallError::BadInput`] when the service said so by an error code;
    /// [`CallError::BadAnswer`] for any other error, and for bytes that are not a `D`.
    pub fn data<'a, D: Deserialize<'a>>(&'a self) -> Result<D, CallError> {
        let response: Response<'a, D> =
            serde_json::from_slice(&self.body).map_err(|error| self.bad(error.to_string()))?;
        if let Some(error) = response.errors.into_iter().next() {
            return Err(self.refused(error));
        }
        response.data.ok_or_else(|| self.bad("it has no data".to_owned()))
    }

    /// A part of the answer, without copying it.
    pub(crate) fn slice(&self, part: &str) -> Bytes {
        self.body.slice_ref(part.as_bytes())
    }

    fn refused(&self, error: GraphError<'_>) -> CallError {
        let (service, reason) = (self.service, error.message.into_owned());
        match error.extensions.code.as_str() {
            "STORE_UNAVAILABLE" => CallError::Unavailable { service, reason },
            "BAD_USER_INPUT" => CallError::BadInput { service, reason },
            code => self.bad(format!("{reason} ({code})")),
        }
    }

    pub(crate) fn bad(&self, reason: String) -> CallError {
        CallError::BadAnswer { service: self.service, reason }
    }
}
