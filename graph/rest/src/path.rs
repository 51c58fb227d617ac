//! The key in a path, in whatever shape it comes.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use graph_host::problem::Problem;

/// The longest key that is sent on, in bytes. Keys travel together: one of many kilobytes would make a batch
/// too large for the service, and so fail those of others.
const KEY_MAX_BYTES: usize = 64;

/// The ISBN in a path. What is not even text, or far too long, names no book.
pub struct IsbnInPath(pub(crate) String);

/// The number of a customer in a path; nothing when the number is too large for any customer.
pub struct IdInPath(pub(crate) Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IsbnInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        match path {
            Ok(Path(isbn)) if isbn.len() <= KEY_MAX_BYTES => Ok(Self(isbn)),
            _ => Err(Problem::not_found("There is no book with such an ISBN.")),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        let text = path.map(|Path(id)| id).unwrap_or_default();
        let digits = text.strip_prefix('-').unwrap_or(&text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Problem::bad_parameter("id", "must be a number"));
        }
        Ok(Self(text.parse().ok()))
    }
}
