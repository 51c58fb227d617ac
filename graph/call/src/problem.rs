//! What a client reads when a call brought no data, and what the log keeps.

use graph_host::auth::{not_allowed, unauthorized};
use graph_host::exit::causes;
use graph_host::problem::{Code, Problem};

use crate::error::CallError;

const AWAY: &str = "This part of the bookstore is not available at the moment; please try again.";

/// The one place where a failed call becomes a problem. What a client must not read goes to the log.
impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let problem = match &error {
            CallError::BadInput { reason, .. } => return Self::bad_request(reason.clone()),
            CallError::NotAllowed { .. } => return not_allowed(),
            CallError::TooLarge { .. } => {
                return Self::new(
                    Code::BodyTooLarge,
                    "The body is too large: its texts are longer than any that are stored.",
                );
            }
            CallError::TokenRefused { .. } => unauthorized(),
            CallError::Late { .. } => {
                Self::new(Code::UpstreamTimeout, "The bookstore is slow at the moment; please try again.")
            }
            CallError::Unreachable { .. } | CallError::Unavailable { .. } => Self::unavailable(AWAY),
            CallError::Resting { .. } => {
                // Logged when it failed; now there may be thousands a second.
                return Self::unavailable(AWAY);
            }
            CallError::BadAnswer { .. } | CallError::Broken { .. } => {
                Self::new(Code::BadUpstream, "The bookstore could not make sense of its own data; please try again.")
            }
        };
        tracing::warn!(cause = causes(&error), "a call failed");
        problem
    }
}
