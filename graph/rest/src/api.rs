//! The API of a client: its routes behind the checks that every request must pass, and their documentation.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;
use graph_host::accept::json_only;
use graph_host::app::{Part, method_not_allowed, path_not_found};
use graph_host::auth::require_token;
use graph_host::rates::{Rates, limit_rate};
use graph_host::tokens::Tokens;

use crate::access::Access;
use crate::client::Client;
use crate::handlers::Handlers;
use crate::openapi::document;
use crate::operation::Unfit;
use crate::scales::{Scales, weigh};
use crate::upstreams::Upstreams;
use crate::{client_type, derive, docs};

/// What every request of a BFF must pass.
struct Door {
    types: &'static [&'static str],
    tokens: Arc<Tokens>,
    rates: Option<Arc<Rates>>,
}

/// The checks of every request, the cheapest first.
async fn checked(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let Door { types, tokens, rates } = &*door;
    // A request that is meant for another client's BFF ends here, before its token is looked at.
    client_type::require_type(types, request, |request| {
        // Nobody learns anything without a token, not even which paths there are.
        require_token(tokens, request, |request| {
            // Who asks too often waits.
            limit_rate(rates.as_deref(), request, |request| next.run(request))
        })
    })
    .await
}

/// A request to a route that there is.
async fn served(State(scales): State<Scales>, request: Request, next: Next) -> Response {
    // Nothing is done for a client that could not read the answer. What is fetched is weighed against what is sent.
    json_only(request, |request| weigh(scales, next.run(request))).await
}

/// The BFF of `client` over its services, for those whom `access` lets in: its routes, behind the checks that every request
/// must pass, and their documentation.
///
/// # Errors
/// [`Unfit`] when the client's table, its documents and the graphs do not fit together.
pub fn app(client: &Client, upstreams: &Upstreams, access: Access) -> Result<Router, Unfit> {
    let (name, types) = (client.name, client.types);
    let endpoints = derive::endpoints(client)?;
    let document = document(client, &endpoints);
    let mut routes: Vec<(&'static str, MethodRouter)> = Vec::new();
    for (path, method) in Handlers::new(client, upstreams, access.stale).of(endpoints)? {
        match routes.iter_mut().find(|(known, _)| *known == path) {
            Some((_, methods)) => *methods = std::mem::take(methods).merge(method),
            None => routes.push((path, method)),
        }
    }
    let routes = routes.into_iter().fold(Router::new(), |all, (path, methods)| {
        all.route(path, methods.route_layer(from_fn_with_state(Scales::of(name, path), served)))
    });
    let door = Arc::new(Door { types, tokens: access.tokens, rates: access.rates });
    let routes = routes
        .fallback(path_not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(door, checked));
    // Added behind the checks: a browser that opens the documentation sends neither a token nor a client type.
    Ok(Part { sites: access.cors, load: access.load, ..Part::new(name) }.app(routes.merge(docs::routes(document))))
}

/// The OpenAPI document of `client`.
///
/// # Errors
/// As [`app`].
pub fn openapi(client: &Client) -> Result<String, Unfit> {
    Ok(document(client, &derive::endpoints(client)?))
}
