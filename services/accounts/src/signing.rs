//! Signing access tokens (ES256, RFC 7518), and the set of public keys by which all parts check them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use graph_host::exit::causes;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::StoreError;
use uuid::Uuid;

use crate::store::{AccountStore, SigningKey, now_s};

/// How long an access token is good, in seconds.
pub const TOKEN_FOR_S: i64 = 15 * 60;
/// How long before it is used a new key is told: all parts look every 30 s.
const TOLD_AHEAD_S: i64 = 120;
/// How long a key is told after the last token that it signed: longer than that lives.
const TOLD_AFTER_S: i64 = TOKEN_FOR_S + 60;
/// How old the keys may be that are known here.
const KNOWN_FOR: Duration = Duration::from_secs(5);

/// A token could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum NotSigned {
    /// The keys cannot be had.
    #[error("the signing keys cannot be read")]
    Store(#[from] StoreError),
    /// A key is none.
    #[error("a signing key is not sound: {0}")]
    Unsound(String),
}

/// Signs tokens with the keys in the database. Cloning it shares what is known of them.
#[derive(Clone)]
pub struct Signer {
    store: AccountStore,
    issuer: Arc<str>,
    known: Arc<Mutex<Option<Known>>>,
}

/// Keys, and when they were read.
type Known = (Instant, Arc<[Key]>);

struct Key {
    kid: String,
    signs_from: i64,
    private: EncodingKey,
    public: Value,
}

/// The claims of an access token (RFC 9068 as far as it goes).
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    roles: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    jti: String,
    iat: i64,
    exp: i64,
}

impl Signer {
    /// Signs for `issuer` with the keys in `store`, of which the first is made when there is none.
    pub fn new(store: AccountStore, issuer: &str) -> Self {
        Self { store, issuer: issuer.into(), known: Arc::default() }
    }

    /// Who issues the tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A token for `subject` as this role, of a session if it is of one.
    ///
    /// # Errors
    /// [`NotSigned`].
    pub async fn token(&self, subject: &str, role: &str, session: Option<&str>) -> Result<String, NotSigned> {
        let (keys, now) = (self.keys().await?, now_s());
        let key = keys.iter().rfind(|key| key.signs_from <= now);
        let key = key.ok_or_else(|| NotSigned::Unsound("none signs yet".to_owned()))?;
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::ES256) };
        let claims = Claims {
            iss: &self.issuer,
            sub: subject,
            roles: [role],
            sid: session,
            jti: Uuid::new_v4().to_string(),
            iat: now,
            exp: now + TOKEN_FOR_S,
        };
        encode(&header, &claims, &key.private).map_err(|error| NotSigned::Unsound(error.to_string()))
    }

    /// The public keys (JWK Set, RFC 7517): those that sign, that will, and that did of late.
    ///
    /// # Errors
    /// [`NotSigned`].
    pub async fn public_keys(&self) -> Result<Value, NotSigned> {
        let keys = self.keys().await?;
        let next = keys.iter().skip(1).map(|key| Some(key.signs_from)).chain([None]);
        let told = keys.iter().zip(next).filter(|(_, next)| is_told(*next, now_s())).map(|(key, _)| &key.public);
        Ok(json!({ "keys": told.collect::<Vec<_>>() }))
    }

    /// The keys, from the database when they were not read of late. While that is away, those that were known go on.
    async fn keys(&self) -> Result<Arc<[Key]>, NotSigned> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, keys)) = &known
            && at.elapsed() < KNOWN_FOR
        {
            return Ok(Arc::clone(keys));
        }
        let keys = match (self.read().await, known) {
            (Ok(keys), _) => keys,
            (Err(NotSigned::Store(error)), Some((_, keys))) => {
                tracing::warn!(cause = causes(&error), "the signing keys stay as they are");
                keys
            }
            (Err(error), _) => return Err(error),
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&keys)));
        Ok(keys)
    }

    async fn read(&self) -> Result<Arc<[Key]>, NotSigned> {
        let mut keys = self.store.signing_keys().await?;
        if keys.is_empty() {
            // Of several processes that do so one has the first key.
            self.store.add_signing_key(&new_key(0)?).await?;
            keys = self.store.signing_keys().await?;
        }
        keys.iter().map(Key::read).collect()
    }
}

/// Adds a key that signs from two minutes on, when all parts know it, and removes those that nobody needs any more. The name of
/// the new key, and when it begins.
///
/// # Errors
/// [`NotSigned`].
pub async fn rotate(store: &AccountStore) -> Result<(String, i64), NotSigned> {
    let (now, keys) = (now_s(), store.signing_keys().await?);
    if keys.is_empty() {
        store.add_signing_key(&new_key(0)?).await?;
    }
    let next = keys.iter().skip(1).map(|key| Some(key.signs_from)).chain([None]);
    let past = keys.iter().zip(next).filter(|(_, next)| !is_told(*next, now)).map(|(key, _)| key.kid.clone());
    store.remove_signing_keys(&past.collect::<Vec<_>>()).await?;
    let key = new_key(now + TOLD_AHEAD_S)?;
    match store.add_signing_key(&key).await? {
        true => Ok((key.kid, key.signs_from)),
        false => Err(NotSigned::Unsound("another one was added in this second; try again".to_owned())),
    }
}

/// Whether a key is told whose successor signs from `next` on.
fn is_told(next: Option<i64>, now: i64) -> bool {
    next.is_none_or(|next| now < next + TOLD_AFTER_S)
}

fn unsound(error: impl std::fmt::Display) -> NotSigned {
    NotSigned::Unsound(error.to_string())
}

/// A new key that signs from this second on.
fn new_key(signs_from: i64) -> Result<SigningKey, NotSigned> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(StoreError::NoRandomness)?;
    // One in 2^32 is no key, and the next try is.
    let secret = SecretKey::from_slice(&bytes).map_err(unsound)?;
    let private = BASE64.encode(secret.to_pkcs8_der().map_err(unsound)?.as_bytes());
    Ok(SigningKey { kid: thumbprint(&public(&secret)), private, signs_from })
}

/// The public key that goes with a private one, as a JWK without a name.
fn public(secret: &SecretKey) -> Value {
    let point = secret.public_key().to_encoded_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| BASE64URL_NOPAD.encode(bytes));
    json!({ "crv": "P-256", "kty": "EC", "x": coordinate(point.x()), "y": coordinate(point.y()) })
}

/// The thumbprint of a key: its required members in the order of their names (RFC 7638).
fn thumbprint(jwk: &Value) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(jwk.to_string()))
}

impl Key {
    fn read(key: &SigningKey) -> Result<Self, NotSigned> {
        let der = BASE64.decode(key.private.as_bytes()).map_err(unsound)?;
        let mut public = public(&SecretKey::from_pkcs8_der(&der).map_err(unsound)?);
        for (name, value) in [("kid", key.kid.as_str()), ("alg", "ES256"), ("use", "sig")] {
            public[name] = value.into();
        }
        let private = EncodingKey::from_ec_der(&der);
        Ok(Self { kid: key.kid.clone(), signs_from: key.signs_from, private, public })
    }
}
