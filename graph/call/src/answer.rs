//! Reading a GraphQL response (GraphQL specification, section 7.1).

use std::borrow::Cow;

use bytes::Bytes;
use graph_host::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::CallError;

/// What was read of one thing: its JSON, or nothing when there is none.
pub type Row = Option<Bytes>;

/// The bytes of a GraphQL response, not yet read. Cloning it shares them.
#[derive(Clone, Debug)]
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
    message: Cow<'a, str>,
    #[serde(default)]
    path: Vec<Step>,
    #[serde(default)]
    extensions: Extensions,
}

/// A step of the path from the data to what an error is about.
#[derive(Deserialize)]
#[serde(untagged)]
enum Step {
    Place(usize),
    Field(serde::de::IgnoredAny),
}

/// The data of a document that looks up several things.
#[derive(Deserialize)]
struct Several<'a> {
    #[serde(borrow)]
    found: Vec<Option<&'a RawValue>>,
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

    /// What became of each of `expected` things that a document looked up as `found`. An error about one of them is
    /// its own.
    ///
    /// # Errors
    /// As [`Self::data`], for all other errors.
    pub(crate) fn rows(&self, expected: usize) -> Result<Vec<Result<Row, Problem>>, CallError> {
        let response: Response<'_, Several<'_>> =
            serde_json::from_slice(&self.body).map_err(|error| self.bad(error.to_string()))?;
        let mut rows: Vec<_> =
            response.data.into_iter().flat_map(|data| data.found).map(|row| Ok(self.part(row))).collect();
        for error in response.errors {
            let row = match error.path.get(1) {
                Some(Step::Place(nth)) => rows.get_mut(*nth),
                _ => None,
            };
            match row {
                Some(row) => *row = Err(self.refused(error).into()),
                None => return Err(self.refused(error)),
            }
        }
        if rows.len() != expected {
            return Err(self.bad(format!("it has {} rows for {expected} keys", rows.len())));
        }
        Ok(rows)
    }

    /// A part of the answer, without copying it.
    fn part(&self, part: Option<&RawValue>) -> Row {
        part.map(|part| self.body.slice_ref(part.get().as_bytes()))
    }

    fn refused(&self, error: GraphError<'_>) -> CallError {
        let (service, reason) = (self.service, error.message.into_owned());
        match error.extensions.code.as_str() {
            "STORE_UNAVAILABLE" => CallError::Unavailable { service, reason },
            // The document is ours, so it is what the client put into it.
            "DOCUMENT_TOO_COSTLY" => CallError::TooLarge { service, reason },
            "DEADLINE_EXCEEDED" => CallError::Late { service },
            "NOT_ALLOWED" => CallError::NotAllowed { service, reason },
            "BAD_USER_INPUT" => CallError::BadInput { service, reason },
            code => self.bad(format!("{reason} ({code})")),
        }
    }

    fn bad(&self, reason: String) -> CallError {
        CallError::BadAnswer { service: self.service, reason }
    }
}
