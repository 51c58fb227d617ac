//! Requests with an idempotency key take effect once (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! The key is kept in the database of what the request makes, in the same transaction. So either both are
//! there or neither is, whichever process dies in between; and of requests that come at the same time one
//! has the key, and the others wait for it in the database.

mod claim;
mod once;

use async_graphql::Context;
use data_encoding::HEXLOWER;
use graph_host::auth::Caller;
use graph_host::idempotency_key::IdempotencyKey;
use graph_serve::errors::{Code, hidden};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use claim::{Connection, KEPT_FOR};
pub use once::Settled;

/// What became of a row that was to be added.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum Added<R> {
    /// It is stored, as this.
    New(R),
    /// Another row has its key.
    Taken,
    /// Its idempotency key was used for another input; nothing was stored.
    KeyReused,
}

/// A request with an idempotency key: who asks for what, and a hash of the input.
#[derive(Clone, Debug)]
pub struct KeyedRequest {
    id: String,
    fingerprint: String,
}

impl KeyedRequest {
    /// The request of `subject` to do `operation` with `input`, under `key`.
    ///
    /// # Errors
    /// When the input cannot be written as JSON.
    pub fn new(
        subject: &str,
        operation: &str,
        key: &IdempotencyKey,
        input: &impl Serialize,
    ) -> serde_json::Result<Self> {
        Ok(Self { id: hash(&(subject, operation, key.as_str()))?, fingerprint: hash(input)? })
    }

    /// The request that the caller of a resolver makes with `input`; nothing when it gave no key.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when the key is none; `INTERNAL` when nobody knows who the caller is.
    pub fn read(
        context: &Context<'_>,
        operation: &str,
        key: Option<String>,
        input: &impl Serialize,
    ) -> async_graphql::Result<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        let refused = |what| Code::BadUserInput.error(format!("idempotencyKey {what}."));
        let key = IdempotencyKey::try_new(key).map_err(refused)?;
        let caller = context.data::<Caller>()?;
        let request = Self::new(caller.subject(), operation, &key, input);
        request.map(Some).map_err(|error| hidden(Code::Internal, &error))
    }
}

fn hash(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(HEXLOWER.encode(&Sha256::digest(serde_json::to_vec(value)?)))
}
