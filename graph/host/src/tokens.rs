//! JSON Web Tokens (RFC 7519): checking those that come in, making those that are printed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::errors::Error as JwtError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

/// The fewest bytes of an HS256 secret (RFC 7518, section 3.2: as many as the hash has).
pub const SECRET_MIN_BYTES: usize = 32;
/// How far another machine's clock may be off, in seconds.
const LEEWAY_SECONDS: u64 = 10;
/// The longest token that is looked at, in bytes.
const TOKEN_MAX_BYTES: usize = 4096;

/// Checks tokens, and makes them for those who hold the secret.
pub struct Tokens {
    decoding: DecodingKey,
    encoding: EncodingKey,
    validation: Validation,
    issuer: String,
    subjects: Vec<String>,
}

/// Why a token was refused: for the log, never for the client.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefused {
    /// There was no `Authorization` header, or more than one.
    #[error("there is not exactly one Authorization header")]
    NotOneHeader,
    /// The header does not say `Bearer` and a token of a sane length.
    #[error("the Authorization header is not a bearer token")]
    NotBearer,
    /// The token's header asks for an extension (`crit`) that nobody here understands.
    #[error("the token asks for a critical extension")]
    Critical,
    /// The subject is not one of those served here.
    #[error("the subject is not served here")]
    UnknownSubject,
    /// Signature, times, issuer or the format itself.
    #[error("the token does not verify")]
    Invalid(#[source] JwtError),
}

/// The claims of a token; the times are checked by the library.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    #[serde(default, skip_deserializing)]
    exp: u64,
}

impl Tokens {
    /// Tokens signed with `secret` (HS256), made by `issuer`, for one of `subjects`.
    ///
    /// # Errors
    /// A sentence about what is wrong: a secret below [`SECRET_MIN_BYTES`], no issuer, no subject.
    pub fn try_new(secret: &[u8], issuer: &str, subjects: &[String]) -> Result<Self, String> {
        if secret.len() < SECRET_MIN_BYTES {
            return Err(format!("must have at least {SECRET_MIN_BYTES} bytes, it has {}", secret.len()));
        }
        if issuer.is_empty() || subjects.is_empty() {
            return Err("an issuer and at least one subject are needed".to_owned());
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        Ok(Self {
            decoding: DecodingKey::from_secret(secret),
            encoding: EncodingKey::from_secret(secret),
            validation,
            issuer: issuer.to_owned(),
            subjects: subjects.to_vec(),
        })
    }

    /// The subject of a token, when everything about it is right.
    ///
    /// # Errors
    /// [`TokenRefused`], with the reason for the log.
    pub fn subject(&self, token: &str) -> Result<String, TokenRefused> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(TokenRefused::NotBearer);
        }
        let token = decode::<Claims>(token, &self.decoding, &self.validation).map_err(TokenRefused::Invalid)?;
        if token.header.crit.is_some() {
            return Err(TokenRefused::Critical);
        }
        if !self.subjects.contains(&token.claims.sub) {
            return Err(TokenRefused::UnknownSubject);
        }
        Ok(token.claims.sub)
    }

    /// A token for `subject` that is valid from now for `ttl`.
    ///
    /// # Errors
    /// A sentence that names the subjects served here when `subject` is not one of them.
    pub fn mint(&self, subject: &str, ttl: Duration) -> Result<String, String> {
        if !self.subjects.iter().any(|known| known == subject) {
            return Err(format!("{subject:?} is not one of {}", self.subjects.join(", ")));
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let exp = now.saturating_add(ttl).as_secs();
        let claims = Claims { iss: self.issuer.clone(), sub: subject.to_owned(), exp };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(|error| error.to_string())
    }

    /// The subjects served here, in the order of the setting.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }
}
