//! The API of a client: its routes behind the checks that every request must pass, and their documentation.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, any};
use graph_host::accept::{events_only, json_only};
use graph_host::app::{Part, method_not_allowed, path_not_found};
use graph_host::rights::Rights;

use crate::access::Access;
use crate::client::{Ask, Client};
use crate::door::{Door, entered, typed};
use crate::handlers::Handlers;
use crate::openapi::document;
use crate::operation::Unfit;
use crate::scales::{Scales, weigh};
use crate::upstreams::Upstreams;
use crate::{derive, docs};

/// The section of the table of rights that has the routes of all clients.
const SECTION: &str = "rest";

/// A request to a route whose answer is a stream of events.
async fn followed(request: Request, next: Next) -> Response {
    events_only(request, |request| next.run(request)).await
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
    let rights = match access.rights {
        Some(rights) => rights,
        None => Arc::new(Rights::at(SECTION).map_err(Unfit)?),
    };
    let document = document(client, &endpoints, &rights);
    let door = Door { tokens: access.tokens, rates: access.rates, rights: Arc::default() };
    let doors: BTreeMap<_, _> =
        endpoints.iter().map(|one| (one.path, door.to(one.path, &endpoints, &rights))).collect();
    let followed_paths: Vec<_> =
        endpoints.iter().filter(|one| matches!(one.ask, Ask::Follow(_))).map(|one| one.path).collect();
    let mut routes: Vec<(&'static str, MethodRouter)> = Vec::new();
    for (path, method) in Handlers::new(client, upstreams, access.stale).of(endpoints)? {
        match routes.iter_mut().find(|(known, _)| *known == path) {
            Some((_, methods)) => *methods = std::mem::take(methods).merge(method),
            None => routes.push((path, method)),
        }
    }
    let routes = routes.into_iter().fold(Router::new(), |all, (path, methods)| {
        let methods = match followed_paths.contains(&path) {
            true => methods.route_layer(from_fn(followed)),
            false => methods.route_layer(from_fn_with_state(Scales::of(name, path), served)),
        };
        let door = doors.get(path).unwrap_or(&door).clone();
        all.route(path, methods.fallback(method_not_allowed).layer(from_fn_with_state(door, entered)))
    });
    let nowhere = any(path_not_found).layer(from_fn_with_state(door, entered));
    let routes = routes.fallback_service(nowhere).layer(from_fn_with_state(types, typed));
    // Added behind the checks: a browser that opens the documentation sends neither a token nor a client type.
    Ok(Part { sites: access.cors, load: access.load, ..Part::new(name) }.app(routes.merge(docs::routes(document))))
}

/// The OpenAPI document of `client`.
///
/// # Errors
/// As [`app`].
pub fn openapi(client: &Client) -> Result<String, Unfit> {
    Ok(document(client, &derive::endpoints(client)?, &Rights::at(SECTION).map_err(Unfit)?))
}
