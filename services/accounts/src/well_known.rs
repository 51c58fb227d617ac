//! What every part asks the issuer of tokens, at well-known places (RFC 8615) and without a token.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use graph_host::exit::causes;
use graph_host::problem::Problem;
use graph_host::tokens::{ENDED_SESSIONS, JWKS};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::feed::Feed;
use crate::signing::Signer;
use crate::store::AccountStore;

/// How long the keys may be kept: a new one is told two minutes before it signs.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=30");
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

#[derive(Clone)]
struct Issuer {
    signer: Signer,
    feed: Feed,
}

/// The routes.
pub(crate) fn routes(signer: Signer, store: AccountStore) -> Router {
    Router::new()
        .route(JWKS, get(keys))
        .route("/.well-known/openid-configuration", get(configuration))
        .route(ENDED_SESSIONS, get(ended))
        .with_state(Issuer { signer, feed: Feed::new(store) })
}

/// The public keys (RFC 7517).
async fn keys(State(issuer): State<Issuer>) -> Result<Response, Problem> {
    let keys = issuer.signer.public_keys().await.map_err(|error| away(&error))?;
    Ok(([(CACHE_CONTROL, KEPT)], Json(keys)).into_response())
}

/// What a stock client asks first (OpenID Connect Discovery 1.0, section 4): where the keys are, and how tokens are signed.
async fn configuration(State(issuer): State<Issuer>, headers: HeaderMap) -> Response {
    let name = issuer.signer.issuer();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    // A name that is a place is where the issuer is found.
    let at = if name.contains("://") { name.trim_end_matches('/').to_owned() } else { format!("http://{host}") };
    ([(CACHE_CONTROL, KEPT)], Json(about(name, &at))).into_response()
}

fn about(name: &str, at: &str) -> Value {
    json!({
        "issuer": name,
        "jwks_uri": format!("{at}{JWKS}"),
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_supported": ["iss", "sub", "roles", "sid", "jti", "iat", "exp"],
    })
}

#[derive(Deserialize)]
struct Since {
    /// In milliseconds since 1970.
    #[serde(default)]
    since: i64,
}

/// The sessions that ended since a time, for those who check tokens.
async fn ended(State(issuer): State<Issuer>, since: Result<Query<Since>, QueryRejection>) -> Result<Response, Problem> {
    let Query(Since { since }) =
        since.map_err(|_| Problem::bad_parameter("since", "must be a time in milliseconds since 1970"))?;
    let told = issuer.feed.told().await.map_err(|error| away(&error))?;
    let told = json!({ "sessions": told.since(since).collect::<Vec<_>>(), "until": told.until_ms });
    Ok(([(CACHE_CONTROL, NOT_KEPT)], Json(told)).into_response())
}

fn away(error: &dyn std::error::Error) -> Problem {
    tracing::warn!(cause = causes(error), "what the issuer tells could not be read");
    Problem::unavailable("The issuer cannot reach its data at the moment; please try again.")
}
