//! What a customer looks like in the graph.

use async_graphql::{ID, InputObject, Object, Result};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::row::{Json, Plain, Row};
use graph_serve::select::read;
use store::Version;

use super::bounds;
use crate::customer::{ADDRESS_MAX, CITY_MAX, Draft, NAME_MAX, PHONE_MAX, ZIPCODE_MAX};
use crate::store::CustomerRow;

/// A customer of the bookstore.
pub type Customer = Row<CustomerFields>;

/// The fields of a customer.
#[derive(Clone, Debug)]
pub struct CustomerFields(pub CustomerRow);

/// A customer of the bookstore.
#[Object(name = "Customer")]
impl CustomerFields {
    /// The number of the customer.
    #[graphql(directive = Constraint::apply(bounds::id()))]
    async fn id(&self) -> Result<ID> {
        read(self.0.id.map(ID::from))
    }

    /// The version: an opaque text that is another one after every change, for `ifVersion` of a mutation.
    async fn version(&self) -> Result<ID> {
        read(self.0.version).map(|version| ID(Version::of_column(version).to_string()))
    }

    /// The e-mail address that the customer signs in with, as it was written.
    #[graphql(directive = Constraint::apply(bounds::user_id()))]
    async fn user_id(&self) -> Result<&str> {
        read(self.0.user_id.as_deref())
    }

    /// The name.
    #[graphql(directive = Constraint::apply(Bounds::text(NAME_MAX)))]
    async fn name(&self) -> Result<&str> {
        read(self.0.name.as_deref())
    }

    /// The phone number.
    #[graphql(directive = Constraint::apply(Bounds::text(PHONE_MAX)))]
    async fn phone(&self) -> Result<&str> {
        read(self.0.phone.as_deref())
    }

    /// The first line of the address.
    #[graphql(directive = Constraint::apply(Bounds::text(ADDRESS_MAX)))]
    async fn address(&self) -> Result<&str> {
        read(self.0.address.as_deref())
    }

    /// The second line of the address, when there is one.
    #[graphql(directive = Constraint::apply(Bounds::up_to(ADDRESS_MAX)))]
    async fn address2(&self) -> Option<&str> {
        self.0.address2.as_deref()
    }

    /// The city.
    #[graphql(directive = Constraint::apply(Bounds::text(CITY_MAX)))]
    async fn city(&self) -> Result<&str> {
        read(self.0.city.as_deref())
    }

    /// The US state or territory, by its two-letter code.
    #[graphql(directive = Constraint::apply(bounds::state()))]
    async fn state(&self) -> Result<&str> {
        read(self.0.state.as_deref())
    }

    /// The ZIP code.
    #[graphql(directive = Constraint::apply(Bounds::text(ZIPCODE_MAX)))]
    async fn zipcode(&self) -> Result<&str> {
        read(self.0.zipcode.as_deref())
    }
}

impl Plain for CustomerFields {
    fn write(&self, name: &str, json: &mut Json) -> Option<()> {
        let row = &self.0;
        match name {
            "id" => json.value(row.id?.to_string()),
            "version" => json.value(Version::of_column(row.version?).to_string()),
            "userId" => json.value(row.user_id.as_deref()?),
            "name" => json.value(row.name.as_deref()?),
            "phone" => json.value(row.phone.as_deref()?),
            "address" => json.value(row.address.as_deref()?),
            "address2" => json.value(row.address2.as_deref()),
            "city" => json.value(row.city.as_deref()?),
            "state" => json.value(row.state.as_deref()?),
            "zipcode" => json.value(row.zipcode.as_deref()?),
            _ => return None,
        }
        Some(())
    }
}

impl From<CustomerRow> for Customer {
    fn from(row: CustomerRow) -> Self {
        Row(CustomerFields(row))
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
