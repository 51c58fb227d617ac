//! The expected outcomes of a mutation, as types.

use async_graphql::{ID, SimpleObject, Union};
use graph_serve::checks::InvalidInput;
use graph_serve::idempotency::IdempotencyKeyReused;

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
    /// One sentence for the person who asked.
    pub message: String,
    /// The user ID that is taken.
    pub user_id: String,
}

/// No customer has this number; nothing was changed.
#[derive(SimpleObject)]
pub struct CustomerNotFound {
    /// One sentence for the person who asked.
    pub message: String,
    /// The number that was looked for.
    pub id: ID,
}

/// The customer has none of the versions that it had to have; nothing was changed.
#[derive(SimpleObject)]
pub struct CustomerChanged {
    /// One sentence for the person who asked.
    pub message: String,
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
        Self { message: "This user ID already exists in the system.".to_owned(), user_id: user_id.to_owned() }
    }
}

impl CustomerNotFound {
    /// There is no customer with the number `id`.
    pub fn new(id: ID) -> Self {
        Self { message: format!("There is no customer with the number {}.", id.as_str()), id }
    }
}

impl Default for CustomerChanged {
    fn default() -> Self {
        let message = "The customer was changed since it was read; read it again, then try again.";
        Self { message: message.to_owned() }
    }
}
