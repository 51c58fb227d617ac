//! The typed refusal of a key that cannot be used again.

use async_graphql::SimpleObject;

/// The idempotency key was used before, with another input; nothing was stored.
#[derive(SimpleObject)]
#[graphql(shareable)]
pub struct IdempotencyKeyReused {
    /// One sentence for the person who asked.
    pub message: String,
}

impl Default for IdempotencyKeyReused {
    fn default() -> Self {
        let message = "This idempotency key was used before with another input; every new input needs a new key.";
        Self { message: message.to_owned() }
    }
}
