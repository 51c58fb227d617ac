//! Which columns of a customer a query reads.

use diesel::prelude::*;
use graph_serve::paging::json_bytes;
use serde::{Deserialize, Serialize};
use store::Picked;

use super::schema::customers;

/// The columns that were asked for; the others are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Columns {
    /// The number of the customer.
    pub id: bool,
    /// The e-mail address as written.
    pub user_id: bool,
    /// The name.
    pub name: bool,
    /// The phone number.
    pub phone: bool,
    /// The first line of the address.
    pub address: bool,
    /// The second line of the address.
    pub address2: bool,
    /// The city.
    pub city: bool,
    /// The state or territory.
    pub state: bool,
    /// The ZIP code.
    pub zipcode: bool,
    /// The version.
    pub version: bool,
}

/// A customer as it was read; what was not asked for is missing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Queryable, Serialize)]
pub struct CustomerRow {
    /// The number of the customer.
    pub id: Option<i64>,
    /// The e-mail address as written.
    pub user_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The first line of the address.
    pub address: Option<String>,
    /// The second line of the address.
    pub address2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state or territory.
    pub state: Option<String>,
    /// The ZIP code.
    pub zipcode: Option<String>,
    /// The version.
    pub version: Option<i64>,
}

impl CustomerRow {
    /// About how many bytes its texts take up in JSON.
    pub fn bytes(&self) -> usize {
        let address = [&self.address, &self.address2, &self.city, &self.state, &self.zipcode];
        json_bytes(address) + json_bytes([&self.user_id, &self.name, &self.phone])
    }
}

/// The SELECT list that [`Columns::list`] makes, and [`CustomerRow`] reads.
pub(super) type SelectList = (
    Picked<customers::id>,
    Picked<customers::user_id>,
    Picked<customers::name>,
    Picked<customers::phone>,
    Picked<customers::address>,
    Picked<customers::address2>,
    Picked<customers::city>,
    Picked<customers::state>,
    Picked<customers::zipcode>,
    Picked<customers::version>,
);

impl Columns {
    /// All columns.
    pub const ALL: Self = Self {
        id: true,
        user_id: true,
        name: true,
        phone: true,
        address: true,
        address2: true,
        city: true,
        state: true,
        zipcode: true,
        version: true,
    };

    /// The columns behind the fields of the graph that `selected` names.
    pub fn behind(selected: impl Fn(&str) -> bool) -> Self {
        Self {
            id: selected("id"),
            user_id: selected("userId"),
            name: selected("name"),
            phone: selected("phone"),
            address: selected("address"),
            address2: selected("address2"),
            city: selected("city"),
            state: selected("state"),
            zipcode: selected("zipcode"),
            version: selected("version"),
        }
    }

    /// Tells this choice of columns from every other.
    pub(super) fn bits(self) -> u64 {
        let Self { id, user_id, name, phone, address, address2, city, state, zipcode, version } = self;
        let all = [id, user_id, name, phone, address, address2, city, state, zipcode, version];
        all.into_iter().fold(0, |bits, picked| bits << 1 | u64::from(picked))
    }

    pub(super) fn list(self) -> SelectList {
        (
            Picked(customers::id, self.id),
            Picked(customers::user_id, self.user_id),
            Picked(customers::name, self.name),
            Picked(customers::phone, self.phone),
            Picked(customers::address, self.address),
            Picked(customers::address2, self.address2),
            Picked(customers::city, self.city),
            Picked(customers::state, self.state),
            Picked(customers::zipcode, self.zipcode),
            Picked(customers::version, self.version),
        )
    }
}
