//! Who is asking: the bearer token, checked before any handler runs.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use std::sync::Arc;

use crate::problem::Problem;

/// What a token is checked with.
pub struct Tokens {
    key: DecodingKey,
    validation: Validation,
    subjects: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

impl Tokens {
    /// HS256 with `secret`, from `issuer`, for `subjects`.
    pub fn new(secret: &str, issuer: &str, subjects: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 10;
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        let subjects = subjects.split(',').map(str::to_owned).collect();
        Self { key: DecodingKey::from_secret(secret.as_bytes()), validation, subjects }
    }

    fn accepts(&self, request: &Request) -> bool {
        let header = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let Some(token) = header.and_then(|text| text.strip_prefix("Bearer ")) else {
            return false;
        };
        decode::<Claims>(token, &self.key, &self.validation)
            .is_ok_and(|token| self.subjects.contains(&token.claims.sub))
    }
}

/// Lets requests with a valid token pass.
pub async fn require_token(
    State(tokens): State<Arc<Tokens>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    match tokens.accepts(&request) {
        true => Ok(next.run(request).await),
        false => Err(Problem::unauthorized()),
    }
}
