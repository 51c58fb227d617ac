//! Who is asking: the bearer token of a request (RFC 6750), checked before any handler runs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::deadline::Deadline;
use crate::identity::{Identity, Role};
use crate::load::Load;
use crate::logs;
use crate::problem::{Code, Problem};
use crate::rights::{Cell, Right};
use crate::tokens::{TokenRefused, Tokens};
use crate::trace::Trace;

/// Who is asking, as the token says, with the header that proves it to the next process.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who that is.
    pub who: Arc<Identity>,
    /// The `Authorization` header as it came, to be passed on to the services; nothing from who has no token.
    pub authorization: Option<HeaderValue>,
    /// From where they ask, when it came by a connection.
    pub address: Option<IpAddr>,
    /// The id of the request, the same in every part that it passes.
    pub request_id: HeaderValue,
    /// Until when the answer is of use.
    pub deadline: Deadline,
    /// The trace of the request.
    pub trace: Trace,
}

impl Caller {
    /// The caller that a request has, who is `who`.
    fn of(request: &Request, tokens: &Tokens, who: Arc<Identity>, authorization: Option<HeaderValue>) -> Self {
        let deadline = request.extensions().get().copied();
        Self {
            who,
            authorization,
            address: tokens.proxies().client(request),
            request_id: logs::request_id(request),
            deadline: deadline.unwrap_or_else(|| Deadline::within(Load::default().deadline)),
            trace: request.extensions().get().cloned().unwrap_or_default(),
        }
    }

    /// The token's subject; empty for who has none.
    pub fn subject(&self) -> &Arc<str> {
        &self.who.subject
    }
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
    let who = tokens.identity(token.trim_matches(' '))?;
    let mut authorization = authorization.clone();
    authorization.set_sensitive(true);
    Ok(Caller::of(request, tokens, who, Some(authorization)))
}

/// Lets a request pass whose caller has a `right` to it; answers 401 to who has no token and needs one, and 403 to others. Where
/// no token is needed, one that is there is not looked at: it may have run out.
pub async fn require_right<F: Future<Output = Response>>(
    tokens: &Tokens,
    right: Right,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if right.of(Role::Nobody.into()) != Cell::No {
        return next(as_nobody(tokens, request)).await;
    }
    require_token(tokens, request, |request| async move {
        let roles = request.extensions().get::<Caller>().map(|caller| caller.who.roles);
        match roles.is_some_and(|roles| right.of(roles) != Cell::No) {
            true => next(request).await,
            false => not_allowed().into_response(),
        }
    })
    .await
}

/// Lets a request pass that carries a valid token, or none at all; answers 401 to others.
pub async fn take_token<F: Future<Output = Response>>(
    tokens: &Tokens,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    match request.headers().contains_key(AUTHORIZATION) {
        true => require_token(tokens, request, next).await,
        false => next(as_nobody(tokens, request)).await,
    }
}

/// The request as one of nobody.
fn as_nobody(tokens: &Tokens, mut request: Request) -> Request {
    let caller = Caller::of(&request, tokens, Arc::new(Identity::nobody()), None);
    request.extensions_mut().insert(caller);
    request
}

/// 403 of what is not for a caller's roles.
pub fn not_allowed() -> Problem {
    Problem::new(Code::NotAllowed, "This is not for you: your role does not allow it.")
}

/// The one answer to every refused token; it does not say what was wrong with it.
pub fn unauthorized() -> Problem {
    Problem::new(Code::TokenRequired, "A valid bearer token is needed.")
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}
