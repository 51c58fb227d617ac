//! What a client reads when a call brought no data, and what the log keeps.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use graph_host::auth::unauthorized;
use graph_host::exit::causes;
use graph_host::problem::Problem;

use crate::error::CallError;

/// How long a client should wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");

/// The one place where a failed call becomes a problem. What a client must not read goes to the log.
impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let problem = match &error {
            CallError::BadInput { reason, .. } => return Self::bad_request(reason.clone()),
            CallError::TokenRefused { .. } => unauthorized(),
            CallError::Late { .. } => {
                Self::new(StatusCode::GATEWAY_TIMEOUT, "The bookstore is slow at the moment; please try again.")
            }
            CallError::Unreachable { .. } | CallError::Unavailable { .. } => {
                let message = "This part of the bookstore is not available at the moment; please try again.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(RETRY_AFTER, RETRY_AFTER_SECONDS)
            }
            CallError::BadAnswer { .. } => Self::new(
                StatusCode::BAD_GATEWAY,
                "The bookstore could not make sense of its own data; please try again.",
            ),
        };
        tracing::warn!(cause = causes(&error), "a call failed");
        problem
    }
}
