//! Processes that know no secret: tokens are an issuer's, whose keys are at a URL and change.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::{Database, Kind};

use crate::kit::{App, book, serve, tokens};
use crate::process::{PATIENCE, Process, free_address, wait_until_up};

/// A new key of the issuer: its public half, and a token that was signed with it.
fn new_key(kid: &str) -> (Value, String) {
    let make =
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkcs8 -topk8 -nocrypt -outform DER";
    let output = Command::new("sh").args(["-c", make]).output().unwrap();
    assert!(!output.stdout.is_empty(), "openssl is needed: apt-get install openssl");
    let private = EncodingKey::from_ec_der(&output.stdout);
    let mut public = serde_json::to_value(Jwk::from_encoding_key(&private, Algorithm::ES256).unwrap()).unwrap();
    public["kid"] = kid.into();
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
    let now = jsonwebtoken::get_current_timestamp();
    let claims = json!({"iss": "cmu.edu", "sub": "gamora", "exp": now + 600});
    (public, encode(&header, &claims, &private).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuers_keys_are_taken_over_while_processes_run() {
    let (old, old_token) = new_key("old");
    let published = Arc::new(Mutex::new(vec![old]));
    let shown = Arc::clone(&published);
    let answer = move || async move { json!({"keys": *shown.lock().unwrap()}).to_string() };
    let issuer = format!("{}/jwks.json", serve(Router::new().route("/jwks.json", get(answer))).await);

    let database = Database::new(Kind::MariaDb);
    let [web, books] = [(); 2].map(|()| free_address());
    let url = format!("http://{books}/graphql");
    let _service = Process::start(
        "book-service",
        &[("JWT_JWKS", &issuer), ("BOOKS_DATABASE_URL", database.url()), ("BOOKS_LISTEN", &books)],
    );
    let _bff = Process::start("web-bff", &[("JWT_JWKS", &issuer), ("BOOKS_URL", &url), ("WEB_BFF_LISTEN", &web)]);
    wait_until_up(&web).await;
    wait_until_up(&books).await;

    let app = |token: &str| App::new(format!("http://{web}")).of_type("Web").with_token(token);
    assert_eq!(app(&old_token).post("/books", &book("1")).await.status, 201);
    let of_the_secret = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
    app(&of_the_secret).get("/books/1").await.is_problem(401, &[]);

    let (new, new_token) = new_key("new");
    *published.lock().unwrap() = vec![new];
    let started = Instant::now();
    while app(&new_token).get("/books/1").await.status != 200 {
        assert!(started.elapsed() < PATIENCE, "the new key was never taken");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    app(&old_token).get("/books/1").await.is_problem(401, &[]);
}
