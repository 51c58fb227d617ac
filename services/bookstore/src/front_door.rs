//! The front door: one address for all clients, each led to its BFF by `X-Client-Type`.
//!
//! It adds nothing: in production a load balancer stands in its place (deploy/). Requests of no known client end
//! here, also those for the documentation that each BFF shows on its own address.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use graph_host::app::Part;
use graph_host::problem::Problem;
use graph_host::tokens::JWKS;
use graph_rest::{Access, Client, client_type, unknown_client};
use tower::{ServiceExt, service_fn};

use crate::parts::CLIENTS;

/// What anybody may ask, of whatever client (RFC 8615): the keys of tokens, and where they are.
const WELL_KNOWN: [&str; 2] = [JWKS, "/.well-known/openid-configuration"];

/// The front door over the BFFs, and over the `issuer` of tokens as far as that is well known. Browsers ask on behalf of sites
/// without a client type.
pub fn front_door(clients: &[(&'static Client, Router)], issuer: Option<Router>, access: &Access) -> Router {
    let part = Part { sites: access.cors.clone(), load: access.load, ..Part::new("front-door") };
    let nobody = part.app(Router::new().fallback(refuse));
    let clients: Arc<[_]> = clients.into();
    Router::new().fallback_service(service_fn(move |request: Request| {
        let meant = client_type(request.headers());
        let app = meant.and_then(|found| clients.iter().find(|(client, _)| is_one_of(client.types, found)));
        let issuer = issuer.as_ref().filter(|_| WELL_KNOWN.contains(&request.uri().path()));
        issuer.or(app.map(|(_, app)| app)).unwrap_or(&nobody).clone().oneshot(request)
    }))
}

fn is_one_of(types: &[&str], found: &str) -> bool {
    types.iter().any(|one| one.eq_ignore_ascii_case(found))
}

async fn refuse(request: Request) -> Problem {
    let types: Vec<&str> = CLIENTS.iter().flat_map(|client| client.types).copied().collect();
    unknown_client(client_type(request.headers()), &types)
}
