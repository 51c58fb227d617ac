//! The expected outcomes of a mutation, as types.

use async_graphql::{ID, SimpleObject, Union};
use graph_serve::outcome::{IdempotencyKeyReused, InvalidInput, Refusal, Refused};

use super::types::Customer;

/// The customer is stored.
#[derive(SimpleObject)]
pub struct CustomerSaved {
    /// The customer as it is now.
    pub customer: Customer,
}

/// Another customer has this user ID; nothing was stored.
#[derive(SimpleObject)]
pub struct UserIdTaken {
    #[graphql(flatten)]
    refused: Refused,
    /// The user ID that is taken.
    user_id: String,
}

/// No customer has this number; nothing was changed.
#[derive(SimpleObject)]
pub struct CustomerNotFound {
    #[graphql(flatten)]
    refused: Refused,
    /// The number that was looked for.
    id: ID,
}

/// The customer has none of the versions that it had to have; nothing was changed.
#[derive(SimpleObject)]
pub struct CustomerChanged {
    #[graphql(flatten)]
    refused: Refused,
}

/// The customer is gone.
#[derive(SimpleObject)]
pub struct CustomerDeleted {
    /// The number that it had.
    pub id: ID,
}

/// What adding a customer can lead to.
#[derive(Union)]
pub enum CreateCustomerResult {
    /// It is stored.
    Saved(CustomerSaved),
    /// Its user ID is taken.
    Taken(UserIdTaken),
    /// It is no customer.
    Invalid(InvalidInput),
    /// Its idempotency key was used for another one.
    KeyReused(IdempotencyKeyReused),
}

/// What replacing a customer can lead to.
#[derive(Union)]
pub enum UpdateCustomerResult {
    /// It is stored.
    Saved(CustomerSaved),
    /// There is none with that number.
    NotFound(CustomerNotFound),
    /// It was changed since it was read.
    Changed(CustomerChanged),
    /// Its new user ID is taken.
    Taken(UserIdTaken),
    /// It is no customer.
    Invalid(InvalidInput),
}

/// What removing a customer can lead to.
#[derive(Union)]
pub enum DeleteCustomerResult {
    /// It is gone.
    Deleted(CustomerDeleted),
    /// There is none with that number.
    NotFound(CustomerNotFound),
    /// It was changed since it was read.
    Changed(CustomerChanged),
}

impl UserIdTaken {
    /// The refusal of a second customer with `user_id`.
    pub fn new(user_id: &str) -> Self {
        let message = "This user ID already exists in the system.";
        Self { refused: Refusal::Taken.because(message), user_id: user_id.to_owned() }
    }
}

impl CustomerNotFound {
    /// There is no customer with the number `id`.
    pub fn new(id: ID) -> Self {
        let message = format!("There is no customer with the number {}.", id.as_str());
        Self { refused: Refusal::NotFound.because(message), id }
    }
}

impl Default for CustomerChanged {
    fn default() -> Self {
        let message = "The customer was changed since it was read; read it again, then try again.";
        Self { refused: Refusal::Changed.because(message) }
    }
}
