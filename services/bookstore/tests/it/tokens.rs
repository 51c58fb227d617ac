//! Forged tokens open nothing: not the BFFs, not the front door, not the services.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{App, Bookstore, SECRET};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    json!({"iss": "cmu.edu", "sub": "starlord", "exp": now() + 600})
}

fn claims_with(name: &str, value: Value) -> Value {
    crate::kit::with(&claims(), json!({name: value}))
}

fn sign(header: &Header, claims: &Value, secret: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn signed(claims: &Value) -> String {
    sign(&Header::new(Algorithm::HS256), claims, SECRET)
}

/// A token whose header is written by hand and whose signature is right for it.
fn with_header(header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", base64(&header.to_string()), base64(&claims.to_string()));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn base64(text: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(text.as_bytes())
}

/// Holds a token to be refused by all parts alike, with an answer that tells nothing.
async fn refused(store: &Bookstore, what: &str, token: &str) {
    for (address, path, client_type) in [
        ("gateway", "/books", "Web"),
        ("web-bff", "/books", "Web"),
        ("mobile-bff", "/customers/1", "iOS"),
        ("books", "/graphql?query={__typename}", ""),
        ("customers", "/graphql?query={__typename}", ""),
    ] {
        let address = store.at(address);
        let app = App::new(format!("http://{address}")).of_type(client_type).with_token(token);
        let answer = app.get(path).await;
        assert_eq!(answer.status, 401, "{what} was let in at {path}: {}", answer.text);
        answer.is_problem(401, &["A valid bearer token is needed."]);
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_token_is_let_in() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let elsewhere = json!({"alg": "HS256", "kid": "../../../dev/null", "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/"});
    for token in [signed(&claims()), signed(&claims_with("nbf", json!(now() - 5))), with_header(&elsewhere, &claims())]
    {
        assert_eq!(store.app("Web").with_token(&token).get("/books").await.status, 200);
    }
    let app = App::new(format!("http://{}", store.at("web-bff"))).of_type("Web");
    let shouting =
        app.request(reqwest::Method::GET, "/books").header("authorization", format!("BEARER {}", store.token()));
    assert_eq!(crate::kit::Answer::to(shouting).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_are_missing_or_wrong() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for name in ["iss", "sub", "exp"] {
        refused(&store, &format!("no {name}"), &signed(&crate::kit::without(&claims(), name))).await;
        for value in [json!(null), json!(""), json!([]), json!({}), json!(true)] {
            refused(&store, &format!("{name} {value}"), &signed(&claims_with(name, value))).await;
        }
    }
    for (name, value) in [
        ("iss", json!("evil.edu")),
        ("iss", json!("CMU.EDU")),
        ("iss", json!(["cmu.edu"])),
        ("sub", json!("thanos")),
        ("sub", json!("Starlord")),
        ("sub", json!("starlord,gamora")),
        ("sub", json!(["starlord"])),
        ("exp", json!(now() - 31)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!((now() + 600).to_string())),
        ("nbf", json!(now() + 120)),
        ("nbf", json!("soon")),
        ("aud", json!("somewhere else")),
    ] {
        refused(&store, &format!("{name} {value}"), &signed(&claims_with(name, value.clone()))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_that_are_missing_or_foreign() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let good = signed(&claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let other = base64(&claims_with("sub", json!("gamora")).to_string());
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for (what, token) in [
        ("no signature", message.to_owned()),
        ("an empty signature", format!("{message}.")),
        ("other claims", format!("{header}.{other}.{signature}")),
        ("a changed signature", format!("{message}.{flipped}{}", &signature[1..])),
        ("half a signature", format!("{message}.{}", &signature[..20])),
        ("a fourth part", format!("{good}.x")),
        ("padding", format!("{header}.{payload}=.{signature}=")),
        (
            "a foreign secret",
            sign(&Header::new(Algorithm::HS256), &claims(), "another secret that is long enough, too"),
        ),
        ("an empty secret", sign(&Header::new(Algorithm::HS256), &claims(), "")),
        ("HS384", sign(&Header::new(Algorithm::HS384), &claims(), SECRET)),
        ("HS512", sign(&Header::new(Algorithm::HS512), &claims(), SECRET)),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("noise", "x".repeat(10_000)),
    ] {
        refused(&store, what, &token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_ask_for_trouble() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let message = |alg: &str| {
        format!("{}.{}", base64(&json!({"alg": alg, "typ": "JWT"}).to_string()), base64(&claims().to_string()))
    };
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", "RS256", "ES256", "EdDSA", "PS512", "HS1"] {
        refused(&store, &format!("alg {alg}"), &format!("{}.", message(alg))).await;
        let header = json!({"alg": alg, "typ": "JWT"});
        refused(&store, &format!("alg {alg}, signed"), &with_header(&header, &claims())).await;
    }
    let own_key = json!({"kty": "oct", "k": base64("another secret that is long enough, too")});
    let own = |header: Value| {
        let message = format!("{}.{}", base64(&header.to_string()), base64(&claims().to_string()));
        let key = EncodingKey::from_secret(b"another secret that is long enough, too");
        format!("{message}.{}", jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap())
    };
    for (what, token) in [
        ("no alg", with_header(&json!({"typ": "JWT"}), &claims())),
        ("alg twice", format!("{}.{}.", base64(r#"{"alg":"HS256","alg":"none"}"#), base64(&claims().to_string()))),
        ("a critical extension", with_header(&json!({"alg": "HS256", "crit": ["exp"]}), &claims())),
        ("its own key", own(json!({"alg": "HS256", "jwk": own_key}))),
        ("a key elsewhere", own(json!({"alg": "HS256", "jku": "http://127.0.0.1:1/keys", "kid": "1"}))),
        ("a key in a file", own(json!({"alg": "HS256", "kid": "/dev/null"}))),
        ("a key in a query", own(json!({"alg": "HS256", "kid": "1' UNION SELECT 'x"}))),
        ("kid of the wrong type", with_header(&json!({"alg": "HS256", "kid": {}}), &claims())),
    ] {
        refused(&store, what, &token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn authorization_headers_that_are_none() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (good, base) = (store.token(), format!("http://{}", store.at("web-bff")));
    let request = || App::new(base.clone()).of_type("Web").request(reqwest::Method::GET, "/books");
    for value in [
        format!("Basic {good}"),
        good.clone(),
        "Bearer".into(),
        format!("Bearer{good}"),
        format!("Bearer {good} {good}"),
    ] {
        let answer = crate::kit::Answer::to(request().header("authorization", &value)).await;
        answer.is_problem(401, &[]);
    }
    let bearer = format!("Bearer {good}");
    let twice = request().header("authorization", &bearer).header("authorization", &bearer);
    crate::kit::Answer::to(twice).await.is_problem(401, &[]);
    crate::kit::Answer::to(request()).await.is_problem(401, &[]);
    let in_query = App::new(base.clone()).of_type("Web").get(&format!("/books?access_token={good}")).await;
    in_query.is_problem(401, &[]);
}
