//! The checks of every request, the cheapest first.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use graph_host::address::CLIENT_ADDRESS;
use graph_host::auth::{require_right, require_token};
use graph_host::rates::{Rates, limit_rate};
use graph_host::rights::{Right, Rights};
use graph_host::tokens::Tokens;

use crate::client_type;
use crate::operation::Endpoint;

/// What every request to a path must pass.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) rates: Option<Arc<Rates>>,
    /// What can be asked there, and by whom.
    pub(crate) rights: Arc<[(Method, Right)]>,
}

impl Door {
    /// The same for the methods of `path`.
    pub(crate) fn to(&self, path: &str, endpoints: &[Endpoint], rights: &Rights) -> Self {
        let methods = endpoints.iter().filter(|one| one.path == path).filter_map(|one| {
            let method = one.ask.method().to_uppercase();
            let right = rights.to(&format!("{method} {path}"));
            Some((method.parse().ok()?, right))
        });
        Self { rights: methods.collect(), ..self.clone() }
    }

    fn right(&self, method: &Method) -> Option<Right> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.rights.iter().find(|(one, _)| one == method).map(|(_, right)| *right)
    }
}

/// Only requests of the client's own types come in: one that is meant for another client's BFF ends here, before its token is
/// looked at.
pub(crate) async fn typed(State(types): State<&'static [&'static str]>, mut request: Request, next: Next) -> Response {
    // What BFFs say to services, clients do not say to BFFs.
    request.headers_mut().remove(CLIENT_ADDRESS);
    client_type::require_type(types, request, |request| next.run(request)).await
}

/// Only who may ask comes in, and who asks too often waits.
pub(crate) async fn entered(State(door): State<Door>, request: Request, next: Next) -> Response {
    let Door { tokens, rates, .. } = &door;
    let counted = |request: Request| limit_rate(rates.as_deref(), request, |request| next.run(request));
    match door.right(request.method()) {
        Some(right) => require_right(tokens, right, request, counted).await,
        // Nobody learns anything without a token, not even which paths there are.
        None => require_token(tokens, request, counted).await,
    }
}
