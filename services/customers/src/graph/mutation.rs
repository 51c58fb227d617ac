//! Changing the list of customers.

use async_graphql::{Context, ID, Object, Result};
use graph_serve::constraint::Constraint;
use graph_serve::outcome::IdempotencyKeyReused;
use store::{Added, Guarded, KeyedRequest, versions};

use super::bounds;
use super::query::number;
use super::results::{
    CreateCustomerResult, CustomerChanged, CustomerDeleted, CustomerNotFound, CustomerSaved, DeleteCustomerResult,
    UpdateCustomerResult, UserIdTaken,
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
        #[graphql(
            desc = "Sent again with the same key and input, within a day, it gives the first answer again; up to 255 visible ASCII characters, such as a UUID."
        )]
        idempotency_key: Option<String>,
    ) -> Result<CreateCustomerResult> {
        let customer = match NewCustomer::try_new(input.into()) {
            Ok(customer) => customer,
            Err(invalid) => return Ok(CreateCustomerResult::Invalid(invalid)),
        };
        let request = KeyedRequest::read(context, "createCustomer", idempotency_key, &CustomerRow::from(&customer))?;
        Ok(match context.data::<CustomerStore>()?.add(&customer, request.as_ref()).await? {
            Added::New(row) => CreateCustomerResult::Saved(CustomerSaved { customer: Customer::from(row) }),
            Added::Taken => CreateCustomerResult::Taken(UserIdTaken::new(customer.user_id.written())),
            Added::KeyReused => CreateCustomerResult::KeyReused(IdempotencyKeyReused::new()),
        })
    }

    /// Replaces a customer.
    async fn update_customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the customer.", directive = Constraint::apply(bounds::id()))] id: ID,
        #[graphql(desc = "The customer as it shall be.")] input: CustomerInput,
        #[graphql(desc = "Only when the customer has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<UpdateCustomerResult> {
        let customer = match NewCustomer::try_new(input.into()) {
            Ok(customer) => customer,
            Err(invalid) => return Ok(UpdateCustomerResult::Invalid(invalid)),
        };
        let Some(number) = number(&id) else {
            return Ok(UpdateCustomerResult::NotFound(CustomerNotFound::new(id)));
        };
        let versions = versions(if_version)?;
        Ok(match context.data::<CustomerStore>()?.replace(number, &customer, versions.as_deref()).await? {
            Replaced::Done(row) => UpdateCustomerResult::Saved(CustomerSaved { customer: Customer::from(*row) }),
            Replaced::Taken => UpdateCustomerResult::Taken(UserIdTaken::new(customer.user_id.written())),
            Replaced::NotFound => UpdateCustomerResult::NotFound(CustomerNotFound::new(id)),
            Replaced::Changed => UpdateCustomerResult::Changed(CustomerChanged::new()),
        })
    }

    /// Removes a customer.
    async fn delete_customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the customer.", directive = Constraint::apply(bounds::id()))] id: ID,
        #[graphql(desc = "Only when the customer has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<DeleteCustomerResult> {
        let versions = versions(if_version)?;
        let removed = match number(&id) {
            Some(id) => context.data::<CustomerStore>()?.remove(id, versions.as_deref()).await?,
            None => Guarded::NotFound,
        };
        Ok(match removed {
            Guarded::Done(()) => DeleteCustomerResult::Deleted(CustomerDeleted { id }),
            Guarded::NotFound => DeleteCustomerResult::NotFound(CustomerNotFound::new(id)),
            Guarded::Changed => DeleteCustomerResult::Changed(CustomerChanged::new()),
        })
    }
}
