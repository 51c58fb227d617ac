//! JSON Web Tokens (RFC 7519): checking those that come in, making those that are printed.
//!
//! HS256 is checked with the secret alone, RS256, ES256 and EdDSA with the issuer's public keys alone ([`Keyring`]).

mod clock;
mod ended;
mod issuer;
mod jwks;
mod keyring;
mod seen;
mod source;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::errors::Error as JwtError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

pub use self::issuer::{ENDED_SESSIONS, Issuer, JWKS};
pub use self::keyring::{Keyring, Pace};
pub use self::source::Source;

use self::clock::{LEEWAY_SECONDS, now};
use self::jwks::Keys;
use self::seen::Seen;
use crate::address::Proxies;
use crate::identity::{Identity, Role, Roles};

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
    /// What the tokens of the bookstore's own issuer call it.
    own: String,
    own_issuer: OnceLock<Issuer>,
    proxies: Proxies,
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
    /// The session that the token is of has ended.
    #[error("the session has ended")]
    Ended,
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
    /// What the issuer of the bookstore says besides.
    #[serde(default)]
    roles: Vec<String>,
    sid: Option<String>,
}

/// Who issued a token, as it says itself.
#[derive(Deserialize)]
struct Issued {
    iss: String,
}

/// The issuer that tokens of the bookstore's own name, unless a setting says otherwise.
pub const OWN_ISSUER: &str = "bookstore";

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
            own: OWN_ISSUER.to_owned(),
            own_issuer: OnceLock::new(),
            proxies: Proxies::default(),
            seen: Seen::default(),
        })
    }

    /// The same with the bookstore's own issuer called `name`, and with load balancers that are believed.
    #[must_use]
    pub fn with(self, name: &str, proxies: Proxies) -> Self {
        Self { own: name.to_owned(), proxies, ..self }
    }

    /// Takes tokens of the bookstore's own issuer too, which is at `address`. Only the first time it does anything. It must be
    /// called within a runtime.
    ///
    /// # Errors
    /// A sentence, when the address is none.
    pub fn trust(&self, address: &str) -> Result<(), String> {
        if self.own_issuer.get().is_none() {
            let _ = self.own_issuer.set(Issuer::at(&self.own, address)?);
        }
        Ok(())
    }

    /// What the tokens of the bookstore's own issuer call it.
    pub fn own_issuer(&self) -> &str {
        &self.own
    }

    /// Whose word about clients' addresses is taken.
    pub(crate) fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    /// Who has a token, when everything about it is right.
    ///
    /// # Errors
    /// [`TokenRefused`], with the reason for the log.
    pub fn identity(&self, token: &str) -> Result<Arc<Identity>, TokenRefused> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(TokenRefused::NotBearer);
        }
        let (keys, own) = (self.keyring.as_ref().map(Keyring::current), self.own_issuer.get());
        let own_keys = own.map(|issuer| issuer.keys.current());
        // Both only grow, so their sum is another one when either of them is.
        let generation = [&keys, &own_keys].into_iter().flatten().map(|keys| keys.generation).sum();
        let identity = match self.seen.identity(token, generation) {
            Some(identity) => identity,
            None => {
                let (identity, exp) = match (own, own_keys) {
                    (Some(issuer), Some(keys)) if issued_by(token).is_some_and(|name| name == self.own) => {
                        own_identity(decoded(token, &issuer.rules, |header| keys.for_header(header))?)?
                    }
                    _ => self.settings_identity(self.verify(token, keys.as_deref())?)?,
                };
                let identity = Arc::new(identity);
                self.seen.note(token, &identity, exp, generation);
                identity
            }
        };
        match (&identity.session, own) {
            (Some(session), Some(issuer)) if issuer.ended.has(session) => Err(TokenRefused::Ended),
            _ => Ok(identity),
        }
    }

    /// Whom the settings name looks after everything.
    fn settings_identity(&self, claims: Claims) -> Result<(Identity, f64), TokenRefused> {
        if !self.subjects.contains(&claims.sub) {
            return Err(TokenRefused::UnknownSubject);
        }
        Ok((Identity { subject: claims.sub.into(), roles: Role::Admin.into(), session: None }, claims.exp))
    }

    /// Has the public keys looked up once more after [`TokenRefused::UnknownKey`], and waits for it up to two seconds. It
    /// does nothing when that was done a moment ago.
    pub async fn learn(&self) {
        if let Some(issuer) = self.own_issuer.get() {
            issuer.keys.look_again().await;
        }
        if let Some(keyring) = &self.keyring {
            keyring.look_again().await;
        }
    }

    fn verify(&self, token: &str, keys: Option<&Keys>) -> Result<Claims, TokenRefused> {
        let algorithm = decode_header(token).map_err(TokenRefused::Invalid)?.alg;
        let rules = self.rules.iter().find(|rules| rules.algorithms.contains(&algorithm));
        decoded(token, rules.ok_or(TokenRefused::WrongAlgorithm)?, |header| match (header.alg, &self.secret, keys) {
            (Algorithm::HS256, Some(secret), _) => Ok(&secret.decoding),
            (Algorithm::HS256, None, _) | (_, _, None) => Err(TokenRefused::WrongAlgorithm),
            (_, _, Some(keys)) => keys.for_header(header),
        })
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

/// The claims of a token that is right by `rules`, with the key that is for its header.
fn decoded<'a>(
    token: &str,
    rules: &Validation,
    key: impl FnOnce(&Header) -> Result<&'a DecodingKey, TokenRefused>,
) -> Result<Claims, TokenRefused> {
    let header = decode_header(token).map_err(TokenRefused::Invalid)?;
    if header.crit.is_some() {
        return Err(TokenRefused::Critical);
    }
    if !rules.algorithms.contains(&header.alg) {
        return Err(TokenRefused::WrongAlgorithm);
    }
    decode::<Claims>(token, key(&header)?, rules).map(|token| token.claims).map_err(TokenRefused::Invalid)
}

/// Who a token of the bookstore's own issuer is for.
fn own_identity(claims: Claims) -> Result<(Identity, f64), TokenRefused> {
    let roles = Roles::named(claims.roles.iter().map(String::as_str));
    if claims.sub.is_empty() || roles == Roles::NONE {
        return Err(TokenRefused::UnknownSubject);
    }
    Ok((Identity { subject: claims.sub.into(), roles, session: claims.sid.map(Arc::from) }, claims.exp))
}

/// The issuer that a token names, before anything about it is checked.
fn issued_by(token: &str) -> Option<String> {
    let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1)?.as_bytes()).ok()?;
    serde_json::from_slice::<Issued>(&claims).ok().map(|issued| issued.iss)
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
