//! Taking in a JSON body.

use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

use crate::problem::Problem;

/// The largest request body, in bytes.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;

/// The layer that refuses larger bodies, also when they do not say how large they are.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BODY_MAX_BYTES)
}

/// The bytes of a body declared as `application/json`.
///
/// Other types are refused, above all those that a plain HTML form can send to any site without asking
/// (`text/plain`, `multipart/form-data`, urlencoded).
pub struct JsonBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let message = "The body must be declared as Content-Type: application/json, in UTF-8.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        Bytes::from_request(request, state).await.map(Self).map_err(unreadable)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.parse::<mime::Mime>().is_ok_and(|media| {
        media.essence_str() == "application/json" && media.get_param(mime::CHARSET).is_none_or(|set| set == mime::UTF_8)
    })
}

fn unreadable(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("The body is too large: at most {BODY_MAX_BYTES} bytes are read.");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
        }
        _ => Problem::bad_request("The body broke off before its end."),
    }
}
