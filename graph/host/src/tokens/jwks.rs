//! A set of public keys (JWK Set, RFC 7517), each for one algorithm.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde::Deserialize;
use serde_json::Value;

use super::TokenRefused;

/// How many keys a set may have.
const KEYS_MAX: usize = 32;
/// The longest name of a key, in bytes.
const KID_MAX_BYTES: usize = 256;
/// How long an RSA modulus may be, in bits: short ones are weak, long ones take long to verify with.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// The longest RSA exponent, in bytes, for the same reason.
const RSA_EXPONENT_MAX_BYTES: usize = 4;
/// The length of a coordinate of P-256, and of a public key of Ed25519, in bytes.
const CURVE_BYTES: usize = 32;

/// The keys of a set that can be used here.
#[derive(Default)]
pub(super) struct Keys {
    /// Another number after each change.
    pub(super) generation: u64,
    keys: Vec<Key>,
}

struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

/// Why there is no key for a token.
#[derive(Debug, PartialEq)]
pub(super) enum Miss {
    /// The key is not in the set; a newer one may have it.
    Unknown,
    /// The key is for another algorithm, or several could be meant.
    NotForThis,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// The keys in the text of a set. Those that cannot be used here are left out (RFC 7517, section 5), and the reasons
    /// given.
    ///
    /// # Errors
    /// A sentence, when the text is no set, or one of more than 32 keys.
    pub(super) fn parse(text: &[u8], generation: u64) -> Result<(Self, Vec<String>), String> {
        let set: Set = serde_json::from_slice(text).map_err(|error| format!("it is no JWK Set: {error}"))?;
        if set.keys.len() > KEYS_MAX {
            return Err(format!("it has {} keys, more than {KEYS_MAX}", set.keys.len()));
        }
        let (mut keys, mut left_out) = (Vec::new(), Vec::new());
        for (nth, value) in set.keys.into_iter().enumerate() {
            match Key::read(value) {
                Ok(key) => keys.push(key),
                Err(reason) => left_out.push(format!("key {} {reason}", nth + 1)),
            }
        }
        Ok((Self { generation, keys }, left_out))
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key for a token with this header.
    ///
    /// # Errors
    /// Whether the key is unknown, or the algorithm wrong.
    pub(super) fn for_header(&self, header: &Header) -> Result<&DecodingKey, TokenRefused> {
        self.pick(header.alg, header.kid.as_deref()).map_err(|miss| match miss {
            Miss::Unknown => TokenRefused::UnknownKey,
            Miss::NotForThis => TokenRefused::WrongAlgorithm,
        })
    }

    /// The key that a token's header means: the one of that name, or without a name the only one for the algorithm. It is
    /// never one for another algorithm.
    pub(super) fn pick(&self, algorithm: Algorithm, kid: Option<&str>) -> Result<&DecodingKey, Miss> {
        let named = |key: &&Key| kid.is_none_or(|kid| key.kid.as_deref() == Some(kid));
        let mut fitting = self.keys.iter().filter(named).filter(|key| key.algorithm == algorithm);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(&key.decoding),
            (None, _) if kid.is_none() || !self.keys.iter().any(|key| named(&key)) => Err(Miss::Unknown),
            _ => Err(Miss::NotForThis),
        }
    }
}

impl Key {
    fn read(value: Value) -> Result<Self, &'static str> {
        let jwk = Jwk::deserialize(value).map_err(|_| "is malformed")?;
        if jwk.usage.as_ref().is_some_and(|usage| usage != "sig") {
            return Err("is not for signatures (use)");
        }
        if jwk.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify")) {
            return Err("is not for verifying (key_ops)");
        }
        let (algorithm, names, decoding): (_, &[&str], _) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => (Algorithm::RS256, &["RS256"], jwk.rsa()?),
            ("EC", Some("P-256")) => (Algorithm::ES256, &["ES256"], jwk.p256()?),
            // RFC 9864 gives EdDSA with this curve a name of its own.
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, &["EdDSA", "Ed25519"], jwk.ed25519()?),
            _ => return Err("is not of RSA, P-256 or Ed25519 (kty, crv)"),
        };
        if jwk.alg.as_ref().is_some_and(|alg| !names.contains(&alg.as_str())) {
            return Err("is for an algorithm that is not used here (alg)");
        }
        if jwk.kid.as_ref().is_some_and(|kid| kid.len() > KID_MAX_BYTES) {
            return Err("has too long a name (kid)");
        }
        // Tells a point that is not on the curve, and the like, before a token does.
        verify("", b"", &decoding, algorithm).map_err(|_| "is no public key")?;
        Ok(Self { kid: jwk.kid, algorithm, decoding })
    }
}

impl Jwk {
    fn rsa(&self) -> Result<DecodingKey, &'static str> {
        let (n, e) = (number(self.n.as_ref())?, number(self.e.as_ref())?);
        let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
        if !RSA_BITS.contains(&bits) {
            return Err("does not have 2048 to 4096 bits (n)");
        }
        let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        if e.len() > RSA_EXPONENT_MAX_BYTES || e == [1] || !odd(&e) || !odd(&n) {
            return Err("is no sound RSA key (n, e)");
        }
        Ok(DecodingKey::from_rsa_raw_components(&n, &e))
    }

    fn p256(&self) -> Result<DecodingKey, &'static str> {
        let (x, y) = (coordinate(self.x.as_ref())?, coordinate(self.y.as_ref())?);
        // An uncompressed point (SEC 1, section 2.3.3).
        Ok(DecodingKey::from_ec_der(&[&[4], &*x, &*y].concat()))
    }

    fn ed25519(&self) -> Result<DecodingKey, &'static str> {
        Ok(DecodingKey::from_ed_der(&coordinate(self.x.as_ref())?))
    }
}

fn bytes(text: Option<&String>) -> Result<Vec<u8>, &'static str> {
    let text = text.ok_or("lacks a member")?;
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| "is not written in base64url")
}

/// A number of any length, without zeros in front.
fn number(text: Option<&String>) -> Result<Vec<u8>, &'static str> {
    let bytes = bytes(text)?;
    Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn coordinate(text: Option<&String>) -> Result<Vec<u8>, &'static str> {
    let bytes = bytes(text)?;
    if bytes.len() == CURVE_BYTES { Ok(bytes) } else { Err("does not have 32 bytes (x, y)") }
}
