//! The front door: one address for all clients, each led to its BFF by `X-Client-Type`.
//!
//! It adds nothing: in production a load balancer stands in its place (deploy/). Requests that no BFF is
//! for, and `/status`, go to the web BFF, which refuses the former as it would on its own address.

use axum::Router;
use axum::extract::Request;
use graph_rest::client_type;
use tower::{ServiceExt, service_fn};

/// The front door over the two BFFs.
pub fn front_door(web: Router, mobile: Router) -> Router {
    Router::new().fallback_service(service_fn(move |request: Request| {
        let app = if is_mobile(&request) { mobile.clone() } else { web.clone() };
        app.oneshot(request)
    }))
}

fn is_mobile(request: &Request) -> bool {
    client_type(request.headers())
        .is_some_and(|found| bff_mobile::TYPES.iter().any(|one| one.eq_ignore_ascii_case(found)))
}
