//! JSON Web Tokens (RFC 7519): checking those that come in, making those that are printed.
//!
//! HS256 is checked with the secret alone, RS256, ES256 and EdDSA with the issuer's public keys alone ([`Keyring`]).

mod clock;
mod jwks;
mod keyring;
mod seen;
mod source;

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::errors::Error as JwtError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

pub use self::keyring::{Keyring, Pace};
pub use self::source::Source;

use self::clock::{LEEWAY_SECONDS, now};
use self::jwks::{Keys, Miss};
use self::seen::Seen;

/// The fewest bytes of an HS256 secret (RFC 7518, section 3.2: as many as the hash has).
pub const SECRET_MIN_BYTES: usize = 32;
/// The longest token that is looked at, in bytes.
const TOKEN_MAX_BYTES: usize = 4096;

/// Checks tokens, and makes them for those who hold the secret.
pub struct Tokens {
    secret: Option<Secret>,
    keyring: Option<Keyring>,
    rules: [Validation; 4],
    issuer: String,
    subjects: Vec<String>,
    seen: Seen,
}

struct Secret {
    decoding: DecodingKey,
    encoding: EncodingKey,
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
    /// No key here is for the algorithm that the token's header names.
    #[error("no key is for the token's algorithm")]
    WrongAlgorithm,
    /// The token names a key that is not there, or not yet; see [`Tokens::learn`].
    #[error("the key that signed the token is not known")]
    UnknownKey,
    /// The subject is not one of those served here.
    #[error("the subject is not served here")]
    UnknownSubject,
    /// Signature, times, issuer or the format itself.
    #[error("the token does not verify")]
    Invalid(#[source] JwtError),
}

/// The claims of a token that is made.
#[derive(Serialize)]
struct NewClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    exp: u64,
}

/// The claims that are read here; the library checks times and issuer by itself.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// One text: the library would take a list as well.
    #[serde(rename = "iss")]
    _issuer: String,
    /// Seconds since 1970, of which there may be fractions.
    exp: f64,
}

/// The algorithms that are ever taken, in the order of [`Tokens::rules`].
const ALGORITHMS: [Algorithm; 4] = [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

impl Tokens {
    /// Tokens signed with `secret` (HS256), made by `issuer`, for one of `subjects`.
    ///
    /// # Errors
    /// A sentence about what is wrong: a secret below [`SECRET_MIN_BYTES`], no issuer, no subject.
    pub fn try_new(secret: &[u8], issuer: &str, subjects: &[String]) -> Result<Self, String> {
        Self::with_keys(Some(secret), None, issuer, subjects)
    }

    /// The same, signed with the secret (HS256) or with a key of the keyring (RS256, ES256, EdDSA).
    ///
    /// # Errors
    /// Like [`Tokens::try_new`].
    pub fn with_keys(
        secret: Option<&[u8]>,
        keyring: Option<Keyring>,
        issuer: &str,
        subjects: &[String],
    ) -> Result<Self, String> {
        if let Some(length) = secret.map(<[u8]>::len).filter(|length| *length < SECRET_MIN_BYTES) {
            return Err(format!("must have at least {SECRET_MIN_BYTES} bytes, it has {length}"));
        }
        if issuer.is_empty() || subjects.is_empty() {
            return Err("an issuer and at least one subject are needed".to_owned());
        }
        let secret = secret.map(|secret| Secret {
            decoding: DecodingKey::from_secret(secret),
            encoding: EncodingKey::from_secret(secret),
        });
        Ok(Self {
            secret,
            keyring,
            rules: ALGORITHMS.map(|algorithm| rules(algorithm, issuer)),
            issuer: issuer.to_owned(),
            subjects: subjects.to_vec(),
            seen: Seen::default(),
        })
    }

    /// The subject of a token, when everything about it is right.
    ///
    /// # Errors
    /// [`TokenRefused`], with the reason for the log.
    pub fn subject(&self, token: &str) -> Result<Arc<str>, TokenRefused> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(TokenRefused::NotBearer);
        }
        let keys = self.keyring.as_ref().map(Keyring::current);
        let generation = keys.as_ref().map_or(0, |keys| keys.generation);
        if let Some(subject) = self.seen.subject(token, generation) {
            return Ok(subject);
        }
        let claims = self.verify(token, keys.as_deref())?;
        if !self.subjects.contains(&claims.sub) {
            return Err(TokenRefused::UnknownSubject);
        }
        let subject = Arc::from(claims.sub);
        self.seen.note(token, &subject, claims.exp, generation);
        Ok(subject)
    }

    /// Has the public keys looked up once more after [`TokenRefused::UnknownKey`], and waits for it up to two seconds. It
    /// does nothing when that was done a moment ago.
    pub async fn learn(&self) {
        if let Some(keyring) = &self.keyring {
            keyring.look_again().await;
        }
    }

    fn verify(&self, token: &str, keys: Option<&Keys>) -> Result<Claims, TokenRefused> {
        let header = decode_header(token).map_err(TokenRefused::Invalid)?;
        if header.crit.is_some() {
            return Err(TokenRefused::Critical);
        }
        let key = match header.alg {
            Algorithm::HS256 => self.secret.as_ref().map(|secret| &secret.decoding),
            algorithm => match keys.map(|keys| keys.pick(algorithm, header.kid.as_deref())) {
                Some(Ok(key)) => Some(key),
                Some(Err(Miss::Unknown)) => return Err(TokenRefused::UnknownKey),
                Some(Err(Miss::NotForThis)) | None => None,
            },
        };
        let rules = self.rules.iter().find(|rules| rules.algorithms.contains(&header.alg));
        let (key, rules) = key.zip(rules).ok_or(TokenRefused::WrongAlgorithm)?;
        decode::<Claims>(token, key, rules).map(|token| token.claims).map_err(TokenRefused::Invalid)
    }

    /// A token for `subject` that is valid from now for `ttl`, signed with the secret.
    ///
    /// # Errors
    /// A sentence that names the subjects served here when `subject` is not one of them, or says that there is
    /// no secret.
    pub fn mint(&self, subject: &str, ttl: Duration) -> Result<String, String> {
        if !self.subjects.iter().any(|known| known == subject) {
            return Err(format!("{subject:?} is not one of {}", self.subjects.join(", ")));
        }
        let Some(secret) = &self.secret else { return Err("tokens can only be made with JWT_SECRET".to_owned()) };
        let exp = now().saturating_add(ttl).as_secs();
        let claims = NewClaims { iss: &self.issuer, sub: subject, exp };
        encode(&Header::new(Algorithm::HS256), &claims, &secret.encoding).map_err(|error| error.to_string())
    }

    /// The subjects served here, in the order of the setting.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }
}

/// What a token of this algorithm must fulfil.
fn rules(algorithm: Algorithm, issuer: &str) -> Validation {
    let mut rules = Validation::new(algorithm);
    rules.leeway = u64::from(LEEWAY_SECONDS);
    rules.validate_nbf = true;
    rules.set_issuer(&[issuer]);
    rules.set_required_spec_claims(&["exp", "iss", "sub"]);
    rules
}
