//! What can go wrong between two processes.

use reqwest::StatusCode;

/// Why a call brought no data. The text is for the log; a client reads what the caller makes of it.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody answers at the service's address, or the connection broke.
    #[error("the {service} service cannot be reached")]
    Unreachable {
        /// The service that was called.
        service: &'static str,
        /// What the network said.
        #[source]
        source: reqwest::Error,
    },
    /// The service did not answer in time.
    #[error("the {service} service did not answer in time")]
    Late {
        /// The service that was called.
        service: &'static str,
    },
    /// The service knows that it cannot serve now, for example because its database is away.
    #[error("the {service} service is not available: {reason}")]
    Unavailable {
        /// The service that was called.
        service: &'static str,
        /// Its own words.
        reason: String,
    },
    /// The service has failed so often of late that it is left alone for a while.
    #[error("the {service} service has failed too often of late")]
    Resting {
        /// The service that was to be called.
        service: &'static str,
    },
    /// The service answered that it is broken.
    #[error("the {service} service is broken: its status is {status}")]
    Broken {
        /// The service that was called.
        service: &'static str,
        /// The status of its answer: 500 or more.
        status: StatusCode,
    },
    /// The service refused the caller's token.
    #[error("the {service} service refused the token")]
    TokenRefused {
        /// The service that was called.
        service: &'static str,
    },
    /// What was asked for is not for the caller's role.
    #[error("the {service} service does not allow it: {reason}")]
    NotAllowed {
        /// The service that was called.
        service: &'static str,
        /// Its own words.
        reason: String,
    },
    /// The service could not make sense of a value that the client gave.
    #[error("the {service} service refused the input: {reason}")]
    BadInput {
        /// The service that was called.
        service: &'static str,
        /// Its own words, meant for the person who asked.
        reason: String,
    },
    /// The values that the client gave are more than the service takes.
    #[error("the {service} service refused the input as too large: {reason}")]
    TooLarge {
        /// The service that was called.
        service: &'static str,
        /// Its own words.
        reason: String,
    },
    /// The service answered something that is not what the document asked for.
    #[error("the {service} service gave an answer that cannot be used: {reason}")]
    BadAnswer {
        /// The service that was called.
        service: &'static str,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl CallError {
    /// Sorts an error of the HTTP client.
    pub(crate) fn from_http(service: &'static str, error: reqwest::Error) -> Self {
        // The URL may hold a host name that is nobody's business outside.
        let source = error.without_url();
        if source.is_timeout() && !source.is_connect() {
            return Self::Late { service };
        }
        Self::Unreachable { service, source }
    }
}
