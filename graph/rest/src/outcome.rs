//! What became of a mutation, as all documents say it: `result`, with what was `saved`, or why nothing was done.

use std::borrow::Cow;

use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use graph_call::Answer;
use graph_host::problem::{Code, Problem};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::operation::{Body, Operation, Refusal, blamed};

/// The data of a document that changes something.
#[derive(Deserialize)]
struct Changed<'a> {
    #[serde(borrow)]
    result: Outcome<'a>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    saved: Option<&'a RawValue>,
    refusal: Option<Refusal>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    fields: Vec<InvalidField<'a>>,
    /// After how many seconds it may be tried again.
    #[serde(rename = "retryAfter")]
    retry_after: Option<u32>,
}

#[derive(Deserialize)]
struct InvalidField<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

/// What a mutation stored; nothing when it removed something.
///
/// # Errors
/// The problem for each refusal: 400, 401, 403, 404, 409, 412, 422 or 429; and for a call that failed.
pub(crate) fn settled<'a>(answer: &'a Answer, operation: &Operation) -> Result<Option<&'a RawValue>, Problem> {
    let Changed { result } = answer.data().map_err(|error| blamed(error, &operation.parameters))?;
    let Some(refusal) = result.refusal else { return Ok(result.saved) };
    Err(match (refusal, &operation.body) {
        (Refusal::Invalid, Some(body)) => invalid(result.fields, body),
        (Refusal::TooMany, _) => Problem::new(code(refusal), result.message.into_owned())
            .with_header(RETRY_AFTER, HeaderValue::from(result.retry_after.unwrap_or(1))),
        (Refusal::Credentials, _) => Problem::new(code(refusal), result.message.into_owned())
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        (refusal, _) => Problem::new(code(refusal), result.message.into_owned()),
    })
}

/// The code of the problem that a refusal is to a client.
pub(crate) fn code(refusal: Refusal) -> Code {
    match refusal {
        Refusal::Taken => Code::AlreadyExists,
        Refusal::NotFound => Code::NotFound,
        Refusal::Changed => Code::PreconditionFailed,
        Refusal::KeyReused => Code::IdempotencyKeyReused,
        Refusal::Invalid => Code::InvalidRequest,
        Refusal::Exists => Code::SignedUp,
        Refusal::Credentials => Code::InvalidCredentials,
        Refusal::NotAllowed => Code::NotAllowed,
        Refusal::TooMany => Code::RateLimited,
        Refusal::PriceChanged => Code::PriceChanged,
        Refusal::Conflict => Code::Conflict,
    }
}

fn invalid(fields: Vec<InvalidField<'_>>, body: &Body) -> Problem {
    let fault = |one: InvalidField<'_>| (body.rest_name(&one.field).to_owned(), one.message.into_owned());
    body.invalid(fields.into_iter().map(fault).collect())
}
