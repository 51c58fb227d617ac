//! The codes of problems: one closed list, the same in every part, for apps to decide by.

use axum::http::StatusCode;
use serde::Serialize;

/// What went wrong, as an app may rely on it: neither a code nor its status ever changes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// 400: a body, a parameter or a path holds something that cannot be; `errors` says what and where.
    InvalidRequest,
    /// 400: `X-Client-Type` is missing, unknown, or that of another client's BFF.
    InvalidClientType,
    /// 401: there is no valid bearer token.
    TokenRequired,
    /// 401: the e-mail address and the password do not belong together, or a token for new ones is not, or no longer, good.
    InvalidCredentials,
    /// 403: it is not for who asks.
    NotAllowed,
    /// 404: no route has this path.
    PathNotFound,
    /// 404: the path is right, but there is nothing of that name.
    NotFound,
    /// 405: the path does not answer this method; `Allow` says which it does.
    MethodNotAllowed,
    /// 406: `Accept` leaves nothing that could be answered.
    NotAcceptable,
    /// 408: the body of the request did not arrive in time.
    RequestTimeout,
    /// 409: who signs up has an account already.
    #[serde(rename = "ALREADY_EXISTS")]
    SignedUp,
    /// 409: it, or what it is about, is in a state in which that cannot be.
    Conflict,
    /// 412: the thing was changed by somebody else, so that `If-Match` no longer names its state.
    PreconditionFailed,
    /// 413: the body is larger than any that is read.
    BodyTooLarge,
    /// 415: the body is not declared as JSON.
    UnsupportedMediaType,
    /// 422: the ISBN or the user ID belongs to another one.
    AlreadyExists,
    /// 422: the idempotency key was used before, with another body.
    IdempotencyKeyReused,
    /// 422: it costs something else than who asks was shown.
    PriceChanged,
    /// 429: too many requests by this subject; `Retry-After` says when the next one will do.
    RateLimited,
    /// 500: a fault of the bookstore; the log knows it by the request's id.
    Internal,
    /// 502: a service gave an answer that cannot be used.
    BadUpstream,
    /// 503: a service or a database is away; `Retry-After` says when to try again.
    Unavailable,
    /// 504: the answer was not there in time.
    UpstreamTimeout,
}

impl Code {
    /// All of them, in the order of their status.
    pub const ALL: [Self; 23] = [
        Self::InvalidRequest,
        Self::InvalidClientType,
        Self::TokenRequired,
        Self::InvalidCredentials,
        Self::NotAllowed,
        Self::PathNotFound,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::SignedUp,
        Self::Conflict,
        Self::PreconditionFailed,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::AlreadyExists,
        Self::IdempotencyKeyReused,
        Self::PriceChanged,
        Self::RateLimited,
        Self::Internal,
        Self::BadUpstream,
        Self::Unavailable,
        Self::UpstreamTimeout,
    ];

    /// The one status code that goes with it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest | Self::InvalidClientType => StatusCode::BAD_REQUEST,
            Self::TokenRequired | Self::InvalidCredentials => StatusCode::UNAUTHORIZED,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::SignedUp | Self::Conflict => StatusCode::CONFLICT,
            Self::PathNotFound | Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::AlreadyExists | Self::IdempotencyKeyReused | Self::PriceChanged => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BadUpstream => StatusCode::BAD_GATEWAY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The code of an error that did not come as a problem, such as one of a library's own.
    pub(crate) fn of(status: StatusCode) -> Self {
        let mut known = Self::ALL.into_iter().filter(|code| code.status() == status);
        match (known.next(), known.next()) {
            // One that is not the only one of its status says more than is known.
            (Some(only), None) => only,
            (Some(first @ (Self::PathNotFound | Self::TokenRequired)), _) => first,
            _ if status.is_client_error() => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }
}
