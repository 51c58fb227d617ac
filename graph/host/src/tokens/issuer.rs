//! The bookstore's own issuer: the service at which people sign in.
//!
//! Its tokens are ES256, for any subject, with roles. They are checked with its keys alone, and no other token may name it:
//! so a holder of one issuer's key cannot speak for the other.

use std::time::Duration;

use jsonwebtoken::{Algorithm, Validation};

use super::ended::Ended;
use super::keyring::{Keyring, Pace};
use super::rules;
use super::source::Source;

/// Where below the issuer's address its keys are (RFC 8615).
pub const JWKS: &str = "/.well-known/jwks.json";
/// Where it tells which sessions ended.
pub const ENDED_SESSIONS: &str = "/.well-known/ended-sessions";
/// How often its keys are looked up: a new one is told long before it is used.
const PACE: Pace = Pace { every: Duration::from_secs(30), rest: Duration::from_secs(1) };

/// The issuer of tokens that people get when they sign in.
pub struct Issuer {
    pub(super) keys: Keyring,
    pub(super) ended: Ended,
    pub(super) rules: Validation,
}

impl Issuer {
    /// The issuer that tokens call `name`, at `address`, such as `http://127.0.0.1:3003`. It is asked from now on, and may be
    /// away meanwhile. It must be called within a runtime.
    ///
    /// # Errors
    /// A sentence, when the address is none.
    pub fn at(name: &str, address: &str) -> Result<Self, String> {
        let address = address.trim_end_matches('/');
        let keys: Source = format!("{address}{JWKS}").parse().map_err(str::to_owned)?;
        Ok(Self {
            keys: Keyring::watch(keys, PACE)?,
            ended: Ended::watch(format!("{address}{ENDED_SESSIONS}")),
            rules: rules(Algorithm::ES256, name),
        })
    }
}
