//! What HTTP asks of every route, so that no handler need think of it: HEAD, OPTIONS, and headers that keep
//! browsers safe.

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{
    ALLOW, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;

/// Headers for browsers: an answer is data, never a page, a script or a part of another site's page. A page
/// of ours brings a policy of its own, which stays.
const SAFE: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    // Sites that CORS lets in are not held up by it.
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Answers HEAD as GET without the body, and OPTIONS by the methods that the path has.
///
/// A handler sees GET in the place of HEAD. Its body is dropped unread, so a list that is fetched while it is
/// sent is not fetched.
pub(crate) async fn mind<F: Future<Output = Response>>(
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let asked = request.method().clone();
    if asked == Method::HEAD {
        *request.method_mut() = Method::GET;
    }
    let mut response = next(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        allow_options(response.headers_mut());
    }
    let mut response = match asked {
        Method::HEAD => without_body(response),
        Method::OPTIONS => allowed(response),
        _ => response,
    };
    make_safe(response.headers_mut());
    response
}

/// Adds the headers for browsers that an answer does not bring itself.
pub(crate) fn make_safe(headers: &mut HeaderMap) {
    for (name, value) in SAFE {
        headers.entry(name).or_insert(value);
    }
}

/// `Allow` as the router wrote it, and OPTIONS, which is answered here.
fn allow_options(headers: &mut HeaderMap) {
    let known = headers.get(ALLOW).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let all = known.split(',').map(str::trim).filter(|one| !one.is_empty()).chain(["OPTIONS"]);
    if let Ok(value) = HeaderValue::try_from(all.collect::<Vec<_>>().join(", ")) {
        headers.insert(ALLOW, value);
    }
}

/// The answer to OPTIONS: no route has it, so the router's refusal lists what the route does have.
fn allowed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    match parts.headers.remove(ALLOW) {
        Some(allow) if parts.status == StatusCode::METHOD_NOT_ALLOWED => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response.headers_mut().insert(ALLOW, allow);
            response
        }
        _ => Response::from_parts(parts, body),
    }
}

/// The answer to HEAD: the headers of the answer to GET, its length included when that is known.
fn without_body(mut response: Response) -> Response {
    let length = response.body().size_hint().exact().filter(|length| *length > 0);
    *response.body_mut() = Body::empty();
    if let Some(length) = length {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
    }
    response
}
