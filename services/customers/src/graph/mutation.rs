//! Changing the list of customers.

use async_graphql::{Context, ID, Object, Result};

use super::query::number;
use super::results::{
    CreateCustomerResult, CustomerDeleted, CustomerNotFound, CustomerSaved, DeleteCustomerResult, UpdateCustomerResult,
    UserIdTaken,
};
use super::types::{Customer, CustomerInput};
use crate::customer::NewCustomer;
use crate::store::{CustomerRow, CustomerStore, Replaced};

/// Changing the list of customers.
pub struct Mutation;

/// Changing the list of customers.
#[Object]
impl Mutation {
    /// Adds a customer under the next number.
    async fn create_customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The customer.")] input: CustomerInput,
    ) -> Result<CreateCustomerResult> {
        let customer = match NewCustomer::try_new(input.into()) {
            Ok(customer) => customer,
            Err(invalid) => return Ok(CreateCustomerResult::Invalid(invalid)),
        };
        Ok(match context.data::<CustomerStore>()?.add(&customer).await? {
            Some(id) => CreateCustomerResult::Saved(saved(id, customer)),
            None => CreateCustomerResult::Taken(UserIdTaken::new(customer.user_id.written())),
        })
    }

    /// Replaces a customer.
    async fn update_customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the customer.")] id: ID,
        #[graphql(desc = "The customer as it shall be.")] input: CustomerInput,
    ) -> Result<UpdateCustomerResult> {
        let customer = match NewCustomer::try_new(input.into()) {
            Ok(customer) => customer,
            Err(invalid) => return Ok(UpdateCustomerResult::Invalid(invalid)),
        };
        let Some(number) = number(&id) else {
            return Ok(UpdateCustomerResult::NotFound(CustomerNotFound::new(id)));
        };
        Ok(match context.data::<CustomerStore>()?.replace(number, &customer).await? {
            Replaced::Done => UpdateCustomerResult::Saved(saved(number, customer)),
            Replaced::Taken => UpdateCustomerResult::Taken(UserIdTaken::new(customer.user_id.written())),
            Replaced::NotFound => UpdateCustomerResult::NotFound(CustomerNotFound::new(id)),
        })
    }

    /// Removes a customer.
    async fn delete_customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the customer.")] id: ID,
    ) -> Result<DeleteCustomerResult> {
        let removed = match number(&id) {
            Some(id) => context.data::<CustomerStore>()?.remove(id).await?,
            None => false,
        };
        Ok(match removed {
            true => DeleteCustomerResult::Deleted(CustomerDeleted { id }),
            false => DeleteCustomerResult::NotFound(CustomerNotFound::new(id)),
        })
    }
}

/// The answer about a customer that was stored: it is known without reading it again.
fn saved(id: i64, customer: NewCustomer) -> CustomerSaved {
    CustomerSaved { customer: Customer(CustomerRow::of(id, customer)) }
}
