//! The front door: one address for all clients, each led to its BFF by `X-Client-Type`.
//!
//! It adds nothing: in production a load balancer stands in its place (deploy/). Requests of no known client end
//! here, also those for the documentation that each BFF shows on its own address.

use axum::Router;
use axum::extract::Request;
use graph_host::app::Part;
use graph_host::problem::Problem;
use graph_rest::{Access, client_type, unknown_client};
use tower::{ServiceExt, service_fn};

/// The front door over the two BFFs. Browsers ask on behalf of sites without a client type.
pub fn front_door(web: Router, mobile: Router, access: &Access) -> Router {
    let part = Part { sites: access.cors.clone(), load: access.load, ..Part::new("front-door") };
    let nobody = part.app(Router::new().fallback(refuse));
    Router::new().fallback_service(service_fn(move |request: Request| {
        let app = match client_type(request.headers()) {
            Some(found) if is_one_of(bff_mobile::TYPES, found) => mobile.clone(),
            Some(found) if is_one_of(bff_web::TYPES, found) => web.clone(),
            _ => nobody.clone(),
        };
        app.oneshot(request)
    }))
}

fn is_one_of(types: &[&str], found: &str) -> bool {
    types.iter().any(|one| one.eq_ignore_ascii_case(found))
}

async fn refuse(request: Request) -> Problem {
    let types = [bff_web::TYPES, bff_mobile::TYPES].concat();
    unknown_client(client_type(request.headers()), &types)
}
