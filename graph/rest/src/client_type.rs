//! The header that says which client asks.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use axum::response::{IntoResponse, Response};
use graph_host::problem::{Code, Fault, Problem};

/// The header by which a client says what it is.
pub const CLIENT_TYPE: HeaderName = HeaderName::from_static("x-client-type");

/// The longest client type that a message repeats, in bytes.
const NAMED_MAX: usize = 40;

/// Lets requests pass whose `X-Client-Type` is one of `types`; answers 400 otherwise.
pub(crate) async fn require_type<F: Future<Output = Response>>(
    types: &'static [&'static str],
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    match client_type(request.headers()) {
        Some(found) if types.iter().any(|one| one.eq_ignore_ascii_case(found)) => next(request).await,
        found => unknown_client(found, types).into_response(),
    }
}

/// The client type that a request names once, and only once.
pub fn client_type(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(CLIENT_TYPE).iter();
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    }
}

/// 400 of a request whose client type, as `found`, is none of `types`.
pub fn unknown_client(found: Option<&str>, types: &[&str]) -> Problem {
    let types = types.join(" or ");
    let message = match found {
        None => "The header X-Client-Type must be given once: Web, iOS or Android.".to_owned(),
        Some(found) if found.len() > NAMED_MAX => format!("X-Client-Type must be {types}."),
        Some(found) => format!("X-Client-Type {found:?} is not served here; it must be {types}."),
    };
    let fault = Fault::in_header("X-Client-Type", format!("must be {types}, given once"));
    Problem::new(Code::InvalidClientType, message).with_faults(vec![fault])
}
