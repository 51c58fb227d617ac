//! An issuer with real keys, made by openssl, and the servers that give them out.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use graph_host::auth::require_token;
use graph_host::tokens::{Keyring, Pace, Tokens};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const SECRET: &[u8] = b"a secret of the tests, 32 bytes or more";

/// A key pair of the issuer.
#[derive(Clone)]
pub struct Pair {
    pub algorithm: Algorithm,
    pub private: EncodingKey,
    pub jwk: Value,
}

impl Pair {
    /// A new pair called `kid`.
    pub fn new(algorithm: Algorithm, kid: &str) -> Self {
        match algorithm {
            Algorithm::RS256 => Self::rsa(2048, kid),
            Algorithm::ES256 => {
                let pair = openssl(
                    "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkcs8 -topk8 -nocrypt -outform DER",
                );
                Self::of(algorithm, EncodingKey::from_ec_der(&pair), kid)
            }
            _ => Self::of(
                algorithm,
                EncodingKey::from_ed_der(&openssl("openssl genpkey -algorithm ED25519 -outform DER")),
                kid,
            ),
        }
    }

    /// A pair of RSA with so many bits.
    pub fn rsa(bits: u32, kid: &str) -> Self {
        let pair =
            openssl(&format!("openssl genrsa -traditional {bits} 2>/dev/null | openssl rsa -traditional -outform DER"));
        Self::of(Algorithm::RS256, EncodingKey::from_rsa_der(&pair), kid)
    }

    fn of(algorithm: Algorithm, private: EncodingKey, kid: &str) -> Self {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&private, algorithm).unwrap()).unwrap();
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        Self { algorithm, private, jwk }
    }

    /// The same pair, its public half with other members; null takes one out.
    pub fn with(&self, changes: Value) -> Self {
        let mut pair = self.clone();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(pair.jwk.as_object_mut().unwrap().remove(name)),
                value => pair.jwk[name] = value.clone(),
            }
        }
        pair
    }

    /// A token that names this key.
    pub fn token(&self) -> String {
        self.token_named(self.jwk["kid"].as_str())
    }

    /// A token that names a key, or none.
    pub fn token_named(&self, kid: Option<&str>) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = kid.map(str::to_owned);
        encode(&header, &claims(), &self.private).unwrap()
    }
}

pub fn claims() -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({"iss": "cmu.edu", "sub": "groot", "exp": now + 600})
}

fn openssl(script: &str) -> Vec<u8> {
    let output = Command::new("sh").args(["-c", script]).output().unwrap();
    assert!(output.status.success() && !output.stdout.is_empty(), "openssl is needed: apt-get install openssl");
    output.stdout
}

/// The set that holds these keys.
pub fn set(pairs: &[&Pair]) -> String {
    json!({"keys": pairs.iter().map(|pair| &pair.jwk).collect::<Vec<_>>()}).to_string()
}

/// Looks that nobody asked for come late, those that somebody did come at once.
pub const EAGER: Pace = Pace { every: Duration::from_secs(3600), rest: Duration::ZERO };

/// Tokens that are checked with the keys at `place`, and with the secret when there shall be one.
pub fn tokens_at(place: &str, pace: Pace, secret: Option<&[u8]>) -> Arc<Tokens> {
    let keyring = Keyring::watch(place.parse().unwrap(), pace).unwrap();
    Arc::new(Tokens::with_keys(secret, Some(keyring), "cmu.edu", &["groot".to_owned()]).unwrap())
}

/// The status of a request with `token`.
pub async fn status(tokens: &Arc<Tokens>, token: &str) -> u16 {
    let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    require_token(tokens, request, async |_| Response::default()).await.status().as_u16()
}

/// A real HTTP server with keys; counts how often it was asked.
#[derive(Clone)]
pub struct Server {
    pub address: std::net::SocketAddr,
    pub fetches: Arc<AtomicUsize>,
    answer: Arc<std::sync::Mutex<Answer>>,
}

/// What a server does when it is asked.
#[derive(Clone)]
pub enum Answer {
    Set(String),
    Status(u16),
    Endless,
    Hang,
}

impl Server {
    pub async fn start(answer: Answer) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), answer)
    }

    /// A server on a port that was taken before.
    pub fn on(listener: TcpListener, answer: Answer) -> Self {
        let address = listener.local_addr().unwrap();
        let server = Self { address, fetches: Arc::default(), answer: Arc::new(std::sync::Mutex::new(answer)) };
        let serving = server.clone();
        let routes = Router::new().route("/jwks.json", get(move || async move { serving.reply().await }));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}/jwks.json", self.address)
    }

    pub fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    async fn reply(&self) -> Response {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let answer = self.answer.lock().unwrap().clone();
        match answer {
            Answer::Set(text) => text.into_response(),
            Answer::Status(status) => axum::http::StatusCode::from_u16(status).unwrap().into_response(),
            Answer::Endless => {
                let more = std::iter::repeat_n("x".repeat(1 << 16), 320).map(Ok::<_, std::io::Error>);
                Body::from_stream(futures_util::stream::iter(more)).into_response()
            }
            Answer::Hang => std::future::pending().await,
        }
    }
}
