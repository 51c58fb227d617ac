//! Customers: add, change, remove.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{Added, Guarded, KeyedRequest, StoreError, Version, guarded, numbered};

use super::CustomerStore;
use super::columns::CustomerRow;
use super::schema::customers;
use crate::customer::NewCustomer;

/// What became of a customer that was to be replaced.
#[derive(Clone, Debug, PartialEq)]
pub enum Replaced {
    /// It is stored, as this.
    Done(Box<CustomerRow>),
    /// Another customer has this user ID.
    Taken,
    /// There is no customer with that number.
    NotFound,
    /// The customer has another version; nothing was changed.
    Changed,
}

/// What tells the statements that change a customer in a certain version from those that read [`Columns`].
const UPDATE: u64 = u64::MAX;
const DELETE: u64 = u64::MAX - 1;

/// All of a customer that is stored, borrowed from its [`NewCustomer`].
#[derive(AsChangeset, Clone, Copy, Insertable)]
#[diesel(table_name = customers, treat_none_as_null = true)]
pub(super) struct NewRow<'a> {
    user_key: &'a str,
    user_id: &'a str,
    name: &'a str,
    phone: &'a str,
    address: &'a str,
    address2: Option<&'a str>,
    city: &'a str,
    state: &'a str,
    zipcode: &'a str,
    version: i64,
}

impl<'a> NewRow<'a> {
    pub(super) fn new(customer: &'a NewCustomer, version: Version) -> Self {
        Self {
            user_key: customer.user_id.key(),
            user_id: customer.user_id.written(),
            name: &customer.name,
            phone: &customer.phone,
            address: &customer.address,
            address2: customer.address2.as_deref(),
            city: &customer.city,
            state: &customer.state,
            zipcode: &customer.zipcode,
            version: version.column(),
        }
    }
}

/// The row of a customer, without its number and version.
impl From<&NewCustomer> for CustomerRow {
    fn from(customer: &NewCustomer) -> Self {
        Self {
            id: None,
            user_id: Some(customer.user_id.written().to_owned()),
            name: Some(customer.name.clone()),
            phone: Some(customer.phone.clone()),
            address: Some(customer.address.clone()),
            address2: customer.address2.clone(),
            city: Some(customer.city.clone()),
            state: Some(customer.state.clone()),
            zipcode: Some(customer.zipcode.clone()),
            version: None,
        }
    }
}

impl CustomerRow {
    /// The row of a customer that was stored under `id` in this version.
    pub fn stored(id: i64, customer: &NewCustomer, version: Version) -> Self {
        Self { id: Some(id), version: Some(version.column()), ..Self::from(customer) }
    }
}

impl CustomerStore {
    /// Adds a customer under the next number; with a `request` that did so before, it says again what came
    /// of that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(
        &self,
        customer: &NewCustomer,
        request: Option<&KeyedRequest>,
    ) -> Result<Added<CustomerRow>, StoreError> {
        let version = Version::fresh()?;
        let insert = diesel::insert_into(customers::table).values(NewRow::new(customer, version));
        numbered!(&self.db, request, |connection| insert.execute(connection).await, |id| {
            CustomerRow::stored(id, customer, version)
        })
        .await
    }

    /// Replaces the customer with this number; with `versions`, only when it has one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace(
        &self,
        id: i64,
        customer: &NewCustomer,
        versions: Option<&[i64]>,
    ) -> Result<Replaced, StoreError> {
        let version = Version::fresh()?;
        let (row, changes) = (customers::table.find(id), NewRow::new(customer, version));
        let changed = guarded!(self, row, customers::version, versions, UPDATE, |connection, row| {
            diesel::update(row).set(changes).execute(connection).await
        });
        match changed.await {
            Ok(changed) => Ok(match changed {
                Guarded::Done(()) => Replaced::Done(Box::new(CustomerRow::stored(id, customer, version))),
                Guarded::NotFound => Replaced::NotFound,
                Guarded::Changed => Replaced::Changed,
            }),
            Err(error) if error.is_duplicate() => Ok(Replaced::Taken),
            Err(error) => Err(error),
        }
    }

    /// Removes the customer with this number; with `versions`, only when it has one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove(&self, id: i64, versions: Option<&[i64]>) -> Result<Guarded<()>, StoreError> {
        let row = customers::table.find(id);
        guarded!(self, row, customers::version, versions, DELETE, |connection, row| {
            diesel::delete(row).execute(connection).await
        })
        .await
    }
}
