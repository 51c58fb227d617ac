//! Which sites' pages may use a part from a browser (the Fetch standard, "CORS protocol").

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH,
    IF_NONE_MATCH, LINK, LOCATION, RETRY_AFTER,
};
use axum::http::{Method, Uri};
use axum::response::Response;
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::logs::REQUEST_ID;
use crate::rates::{RATE_LIMIT, RATE_LIMIT_POLICY};

/// How long a browser may remember the answer to a preflight.
const REMEMBER: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// What pages may send. Tokens come in a header of their own, so no cookie or password of the browser is let in.
const SENT: [HeaderName; 8] = [
    ACCEPT,
    AUTHORIZATION,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("x-client-type"),
    REQUEST_ID,
];

/// What pages may read.
const SHOWN: [HeaderName; 7] = [ETAG, LINK, LOCATION, RETRY_AFTER, REQUEST_ID, RATE_LIMIT, RATE_LIMIT_POLICY];

/// The sites that are let in.
#[derive(Clone)]
pub struct Cors(CorsLayer);

impl Cors {
    /// Lets in the origins of a list with commas between them, or every site by `*`; nobody when it is empty.
    ///
    /// # Errors
    /// A sentence with an example, when one is no origin.
    pub fn read(text: &str) -> Result<Option<Self>, &'static str> {
        let all: Vec<&str> = text.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
        let origins = match all.as_slice() {
            [] => return Ok(None),
            ["*"] => AllowOrigin::any(),
            some => AllowOrigin::list(some.iter().map(|one| origin(one)).collect::<Result<Vec<_>, _>>()?),
        };
        let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
        let layer = CorsLayer::new().allow_origin(origins).allow_methods(methods).max_age(REMEMBER);
        Ok(Some(Self(layer.allow_headers(SENT).expose_headers(SHOWN))))
    }
}

/// An origin as browsers write it (RFC 6454, section 6.2).
fn origin(text: &str) -> Result<HeaderValue, &'static str> {
    let wrong = "must be * or origins such as https://shop.example, with commas between them";
    let uri: Uri = text.parse().map_err(|_| wrong)?;
    let host = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or(wrong)?;
    let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme)).ok_or(wrong)?;
    let written = format!("{scheme}://{host}").to_ascii_lowercase();
    if written != text.to_ascii_lowercase() {
        return Err(wrong);
    }
    HeaderValue::try_from(written).map_err(|_| wrong)
}

/// Answers a browser that asks whether a page may send a request, and marks the answers that pages may read.
///
/// The question carries neither a token nor a client type, because browsers cannot add them to it.
pub(crate) async fn cors(sites: Option<&Cors>, request: Request, routes: Router) -> Response {
    let asks_first = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let answer = match sites {
        Some(Cors(layer)) if request.method() != Method::OPTIONS || asks_first => {
            layer.layer(routes).oneshot(request).await
        }
        _ => routes.oneshot(request).await,
    };
    match answer {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
