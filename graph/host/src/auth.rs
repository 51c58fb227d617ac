//! Who is asking: the bearer token of a request (RFC 6750), checked before any handler runs.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::deadline::Deadline;
use crate::load::Load;
use crate::logs;
use crate::problem::{Code, Problem};
use crate::tokens::{TokenRefused, Tokens};
use crate::trace::Trace;

/// Who is asking, as the token says, with the header that proves it to the next process.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token's subject.
    pub subject: Arc<str>,
    /// The `Authorization` header as it came, to be passed on to the services.
    pub authorization: HeaderValue,
    /// The id of the request, the same in every part that it passes.
    pub request_id: HeaderValue,
    /// Until when the answer is of use.
    pub deadline: Deadline,
    /// The trace of the request.
    pub trace: Trace,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    /// The caller that [`require_token`] found; without that layer every request is refused.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthorized)
    }
}

/// Lets a request pass that carries a valid token, and notes its [`Caller`]; answers 401 otherwise.
pub async fn require_token<F: Future<Output = Response>>(
    tokens: &Tokens,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let mut found = caller(tokens, &request);
    // The issuer may have taken a new key into use a moment ago.
    if matches!(found, Err(TokenRefused::UnknownKey)) {
        tokens.learn().await;
        found = caller(tokens, &request);
    }
    match found {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next(request).await
        }
        Err(reason) => {
            let source = std::error::Error::source(&reason).map(ToString::to_string);
            tracing::info!(%reason, source, "token refused");
            unauthorized().into_response()
        }
    }
}

fn caller(tokens: &Tokens, request: &Request) -> Result<Caller, TokenRefused> {
    let mut all = request.headers().get_all(AUTHORIZATION).iter();
    let (Some(authorization), None) = (all.next(), all.next()) else {
        return Err(TokenRefused::NotOneHeader);
    };
    let text = authorization.to_str().map_err(|_| TokenRefused::NotBearer)?;
    let (scheme, token) = text.split_once(' ').ok_or(TokenRefused::NotBearer)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(TokenRefused::NotBearer);
    }
    let subject = tokens.subject(token.trim_matches(' '))?;
    let mut authorization = authorization.clone();
    authorization.set_sensitive(true);
    let deadline = request.extensions().get().copied().unwrap_or_else(|| Deadline::within(Load::default().deadline));
    let trace = request.extensions().get().cloned().unwrap_or_default();
    Ok(Caller { subject, authorization, request_id: logs::request_id(request), deadline, trace })
}

/// The one answer to every refused token; it does not say what was wrong with it.
pub fn unauthorized() -> Problem {
    Problem::new(Code::TokenRequired, "A valid bearer token is needed.")
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}
