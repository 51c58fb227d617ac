//! The expected outcomes of a mutation, as types.

use async_graphql::{ID, SimpleObject};
use graph_serve::outcome::{IdempotencyKeyReused, InvalidInput};
use graph_serve::refused;

use super::types::Customer;

/// The customer is stored.
#[derive(SimpleObject)]
pub struct CustomerSaved {
    /// The customer as it is now.
    pub customer: Customer,
}

/// The customer is gone.
#[derive(SimpleObject)]
pub struct CustomerDeleted {
    /// The number that it had.
    pub id: ID,
}

refused! {
    /// Another customer has this user ID; nothing was stored.
    UserIdTaken = Taken("This user ID already exists in the system.") {
        /// The user ID that is taken.
        user_id: String,
    }
    /// No customer has this number; nothing was changed.
    CustomerNotFound = NotFound("There is no customer with the number {id}.") {
        /// The number that was looked for.
        id: ID,
    }
    /// The customer has none of the versions that it had to have; nothing was changed.
    CustomerChanged = Changed("The customer was changed since it was read; read it again, then try again.") {}
}

graph_serve::outcomes! {
    /// What adding a customer can lead to.
    CreateCustomerResult = Saved(CustomerSaved) | Taken(UserIdTaken) | Invalid(InvalidInput) | KeyReused(IdempotencyKeyReused);
    /// What replacing a customer can lead to.
    UpdateCustomerResult = Saved(CustomerSaved) | NotFound(CustomerNotFound) | Changed(CustomerChanged) | Taken(UserIdTaken) | Invalid(InvalidInput);
    /// What removing a customer can lead to.
    DeleteCustomerResult = Deleted(CustomerDeleted) | NotFound(CustomerNotFound) | Changed(CustomerChanged);
}
