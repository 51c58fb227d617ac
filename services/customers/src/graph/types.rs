//! What a customer looks like in the graph.

use async_graphql::{ID, InputObject};
use graph_serve::constraint::{Bounds, Constraint};
use store::Version;

use super::bounds;
use crate::customer::{ADDRESS_MAX, CITY_MAX, Draft, NAME_MAX, PHONE_MAX, ZIPCODE_MAX};
use crate::store::CustomerRow;

graph_serve::row! {
    /// A customer of the bookstore.
    "Customer" Customer = CustomerFields(CustomerRow) {
        /// The number of the customer.
        #[graphql(directive = Constraint::apply(bounds::id()))]
        id: ID = |row| row.id.map(ID::from),
        /// The version: an opaque text that is another one after every change, for `ifVersion` of a mutation.
        version: ID = |row| row.version.map(Version::id),
        /// The e-mail address that the customer signs in with, as it was written.
        #[graphql(directive = Constraint::apply(bounds::user_id()))]
        user_id as "userId": &str = |row| row.user_id.as_deref(),
        /// The name.
        #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
        name: &str = |row| row.name.as_deref(),
        /// The phone number.
        #[graphql(directive = Constraint::apply(Bounds::text(PHONE_MAX)))]
        phone: &str = |row| row.phone.as_deref(),
        /// The first line of the address.
        #[graphql(directive = Constraint::apply(Bounds::text(ADDRESS_MAX)))]
        address: &str = |row| row.address.as_deref(),
        /// The second line of the address, when there is one.
        #[graphql(directive = Constraint::apply(Bounds::up_to(ADDRESS_MAX)))]
        address2: Option<&str> = |row| Some(row.address2.as_deref()),
        /// The city.
        #[graphql(directive = Constraint::apply(Bounds::text(CITY_MAX)))]
        city: &str = |row| row.city.as_deref(),
        /// The US state or territory, by its two-letter code.
        #[graphql(directive = Constraint::apply(bounds::state()))]
        state: &str = |row| row.state.as_deref(),
        /// The ZIP code.
        #[graphql(directive = Constraint::apply(Bounds::text(ZIPCODE_MAX)))]
        zipcode: &str = |row| row.zipcode.as_deref(),
    }
}

/// What a customer shall be: all of it, since an update replaces the whole customer.
#[derive(InputObject)]
pub struct CustomerInput {
    /// The e-mail address that the customer signs in with, at a domain with a dot.
    #[graphql(directive = Constraint::apply(bounds::user_id()))]
    user_id: String,
    /// The name.
    #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
    name: String,
    /// The phone number.
    #[graphql(directive = Constraint::apply(Bounds::text(PHONE_MAX)))]
    phone: String,
    /// The first line of the address.
    #[graphql(directive = Constraint::apply(Bounds::text(ADDRESS_MAX)))]
    address: String,
    /// The second line of the address, when there is one.
    #[graphql(directive = Constraint::apply(Bounds::up_to(ADDRESS_MAX)))]
    address2: Option<String>,
    /// The city.
    #[graphql(directive = Constraint::apply(Bounds::text(CITY_MAX)))]
    city: String,
    /// The US state or territory, by its two-letter code.
    #[graphql(directive = Constraint::apply(bounds::state()))]
    state: String,
    /// The ZIP code.
    #[graphql(directive = Constraint::apply(Bounds::text(ZIPCODE_MAX)))]
    zipcode: String,
}

impl From<CustomerInput> for Draft {
    fn from(input: CustomerInput) -> Self {
        Self {
            user_id: input.user_id,
            name: input.name,
            phone: input.phone,
            address: input.address,
            address2: input.address2,
            city: input.city,
            state: input.state,
            zipcode: input.zipcode,
        }
    }
}
