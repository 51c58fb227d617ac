//! Tokens that are signed with an issuer's private key, and checked with its public ones.

mod kit;
mod rotation;

use std::sync::Arc;

use graph_host::tokens::Tokens;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use self::kit::{EAGER, Pair, SECRET, claims, set, status, tokens_at};

const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Tokens checked with a file of these keys, and with the secret.
fn tokens(set: &str) -> (Arc<Tokens>, NamedTempFile) {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), set).unwrap();
    (tokens_at(file.path().to_str().unwrap(), EAGER, Some(SECRET)), file)
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    data_encoding::BASE64URL_NOPAD.encode(bytes.as_ref())
}

/// A token with this header, signed by `key` as `algorithm` has it, whatever the header says.
fn forged(header: &Value, algorithm: Algorithm, key: &EncodingKey) -> String {
    let message = format!("{}.{}", base64(header.to_string()), base64(claims().to_string()));
    format!("{message}.{}", jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap())
}

#[tokio::test]
async fn each_algorithm_is_taken_with_its_key() {
    let pairs = ALGORITHMS.map(|algorithm| Pair::new(algorithm, &format!("{algorithm:?}")));
    let (tokens, _file) = tokens(&set(&pairs.each_ref()));
    for pair in &pairs {
        for token in [pair.token(), pair.token_named(None), pair.token()] {
            assert_eq!(status(&tokens, &token).await, 200, "{:?}", pair.algorithm);
        }
        let other = Pair::new(pair.algorithm, pair.jwk["kid"].as_str().unwrap());
        assert_eq!(status(&tokens, &other.token()).await, 401, "another pair of {:?}", pair.algorithm);
        assert_eq!(status(&tokens, &other.token_named(None)).await, 401);
    }
    let own = tokens.mint("groot", std::time::Duration::from_secs(60)).unwrap();
    assert_eq!(status(&tokens, &own).await, 200, "the secret's");
}

#[tokio::test]
async fn without_a_secret_no_hs256_is_taken() {
    let pair = Pair::new(Algorithm::ES256, "1");
    let file = NamedTempFile::new().unwrap();
    let secret = json!({"kty": "oct", "k": base64(SECRET), "kid": "2", "alg": "HS256"});
    std::fs::write(file.path(), json!({"keys": [pair.jwk, secret]}).to_string()).unwrap();
    let tokens = tokens_at(file.path().to_str().unwrap(), EAGER, None);
    assert_eq!(status(&tokens, &pair.token()).await, 200);
    let key = EncodingKey::from_secret(SECRET);
    for header in [json!({"alg": "HS256"}), json!({"alg": "HS256", "kid": "2"})] {
        assert_eq!(status(&tokens, &forged(&header, Algorithm::HS256, &key)).await, 401);
    }
    assert!(tokens.mint("groot", std::time::Duration::from_secs(60)).is_err());
}

#[tokio::test]
async fn an_algorithm_is_never_mixed_up_with_anothers_key() {
    let [rsa, ec, ed] = ALGORITHMS.map(|algorithm| Pair::new(algorithm, &format!("{algorithm:?}")));
    let (tokens, _file) = tokens(&set(&[&rsa, &ec, &ed]));
    let modulus = data_encoding::BASE64URL_NOPAD.decode(rsa.jwk["n"].as_str().unwrap().as_bytes()).unwrap();
    for public in [modulus, rsa.jwk["n"].to_string().into(), rsa.jwk.to_string().into(), set(&[&rsa, &ec, &ed]).into()]
    {
        let secret = EncodingKey::from_secret(&public);
        for kid in ["RS256", "ES256"] {
            let token = forged(&json!({"alg": "HS256", "kid": kid}), Algorithm::HS256, &secret);
            assert_eq!(status(&tokens, &token).await, 401, "a public key as the secret");
        }
    }
    for (pair, claimed) in
        [(&ec, "RS256"), (&rsa, "ES256"), (&ed, "ES256"), (&rsa, "PS256"), (&ec, "ES384"), (&rsa, "RS512")]
    {
        for kid in [json!("RS256"), json!("ES256"), json!("EdDSA"), Value::Null] {
            let header = if kid.is_null() { json!({"alg": claimed}) } else { json!({"alg": claimed, "kid": kid}) };
            assert_eq!(status(&tokens, &forged(&header, pair.algorithm, &pair.private)).await, 401, "{header}");
        }
    }
    let payload = base64(claims().to_string());
    for alg in ["none", "None", "", "HS256", "RS256"] {
        let token = format!("{}.{payload}.", base64(json!({"alg": alg, "kid": "RS256"}).to_string()));
        assert_eq!(status(&tokens, &token).await, 401, "{alg} without a signature");
    }
}

#[tokio::test]
async fn a_key_that_is_for_something_else_is_not_used() {
    let [rsa, ec, ed] = ALGORITHMS.map(|algorithm| Pair::new(algorithm, "1"));
    for (pair, changes) in [
        (&rsa, json!({"use": "enc"})),
        (&rsa, json!({"key_ops": ["encrypt"]})),
        (&rsa, json!({"key_ops": ["sign"]})),
        (&rsa, json!({"alg": "RS512"})),
        (&rsa, json!({"alg": "RSA-OAEP"})),
        (&ec, json!({"alg": "ES384"})),
        (&ec, json!({"crv": "P-384"})),
        (&ec, json!({"y": ec.jwk["x"]})),
        (&ec, json!({"x": "AA"})),
        (&ec, json!({"kid": 7})),
        (&ed, json!({"crv": "X25519"})),
        (&ed, json!({"x": ""})),
        (&rsa, json!({"n": null})),
        (&rsa, json!({"e": "AQ"})),
        (&rsa, json!({"e": "AQAAAAAAAAAAAQ"})),
        (&rsa, json!({"kty": "oct"})),
        (&Pair::rsa(1024, "1"), json!({})),
        (&Pair::rsa(4608, "1"), json!({})),
    ] {
        let (tokens, _file) = tokens(&set(&[&pair.with(changes.clone())]));
        assert_eq!(status(&tokens, &pair.token()).await, 401, "{changes}");
    }
    for changes in [json!({"use": null}), json!({"alg": null}), json!({"use": null, "key_ops": ["verify"]})] {
        for pair in [&rsa, &ec, &ed] {
            let (tokens, _file) = tokens(&set(&[&pair.with(changes.clone())]));
            assert_eq!(status(&tokens, &pair.token()).await, 200, "{changes}");
        }
    }
    let rare = json!({"keys": [{"kty": "new"}, 7, null, {"kty": "RSA"}, ed.jwk]}).to_string();
    assert_eq!(status(&tokens(&rare).0, &ed.token()).await, 200, "keys of other kinds do no harm");
}

#[tokio::test]
async fn a_token_that_names_no_key_must_mean_only_one() {
    let (one, other) = (Pair::new(Algorithm::EdDSA, "1"), Pair::new(Algorithm::EdDSA, "2"));
    let (tokens, _file) = tokens(&set(&[&one, &other]));
    assert_eq!(status(&tokens, &one.token_named(None)).await, 401);
    assert_eq!(status(&tokens, &one.token_named(Some("2"))).await, 401);
    assert_eq!(status(&tokens, &one.token()).await, 200);
}
