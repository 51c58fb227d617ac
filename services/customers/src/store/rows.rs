//! Customers: look up, list, add, change, remove.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use store::{Added, Db, Guarded, KeyedRequest, StoreError, Version, is_duplicate, once, read, write};

use super::CustomerStore;
use super::columns::{Columns, CustomerRow};
use super::schema::customers;
use crate::customer::{NewCustomer, UserId};

/// What a customer is looked up by.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// The number of the customer.
    Id(i64),
    /// The e-mail address, in whatever case.
    UserId(&'a UserId),
}

/// What became of a customer that was to be replaced.
#[derive(Clone, Debug, PartialEq)]
pub enum Replaced {
    /// It is stored, as this.
    Done(CustomerRow),
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

/// One page of the list, which is sorted by number.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Begin after this number.
    pub after: Option<i64>,
    /// End before this number.
    pub before: Option<i64>,
    /// Read from the end of the page, towards its beginning.
    pub backward: bool,
    /// Read at most so many rows.
    pub rows: i64,
}

/// All of a customer that is stored, borrowed from its [`NewCustomer`].
#[derive(AsChangeset, Insertable)]
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

    /// What the user ID is found by, when it was read.
    pub fn user_key(&self) -> Option<String> {
        self.user_id.as_deref().map(UserId::key_of)
    }
}

/// Inserts a customer over either kind of connection. Its number is that of the connection's last insert.
macro_rules! insert {
    ($connection:expr, $number:expr, $customer:expr, $version:expr) => {{
        let insert = diesel::insert_into(customers::table).values(NewRow::new($customer, $version));
        match insert.execute($connection).await {
            Ok(_) => {
                let id = diesel::select(diesel::dsl::sql::<BigInt>($number)).get_result::<i64>($connection).await;
                id.map(|id| Added::New(CustomerRow::stored(id, $customer, $version)))
            }
            Err(error) if is_duplicate(&error) => Ok(Added::Taken),
            Err(error) => Err(error),
        }
    }};
}

impl CustomerStore {
    /// The customer with this key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, key: Key<'_>, columns: Columns) -> Result<Option<CustomerRow>, StoreError> {
        let found = match key {
            Key::Id(id) => self.by_id(vec![id], columns).await?,
            Key::UserId(user) => self.by_user(vec![user.key()], columns).await?,
        };
        Ok(found.into_iter().next())
    }

    /// The customers with these numbers, in no particular order, by one statement; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find_all(&self, ids: &[i64], columns: Columns) -> Result<Vec<CustomerRow>, StoreError> {
        self.by_id(ids.to_vec(), Columns { id: true, ..columns }).await
    }

    /// The customers with these user IDs, in no particular order, by one statement; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find_all_by_user(&self, users: &[&UserId], columns: Columns) -> Result<Vec<CustomerRow>, StoreError> {
        let keys = users.iter().map(|user| user.key()).collect();
        self.by_user(keys, Columns { user_id: true, ..columns }).await
    }

    async fn by_id(&self, ids: Vec<i64>, columns: Columns) -> Result<Vec<CustomerRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self.shapes.any_of(customers::id, ids, columns.bits() << 1);
        read!(&self.db, |connection| {
            let rows = customers::table.filter(wanted.clone()).select(columns.list());
            rows.load::<CustomerRow>(connection).await
        })
        .await
    }

    async fn by_user(&self, keys: Vec<&str>, columns: Columns) -> Result<Vec<CustomerRow>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self.shapes.any_of(customers::user_key, keys, columns.bits() << 1 | 1);
        read!(&self.db, |connection| {
            let rows = customers::table.filter(wanted.clone()).select(columns.list());
            rows.load::<CustomerRow>(connection).await
        })
        .await
    }

    /// One page of the list, in the direction of reading, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, range: Range, columns: Columns) -> Result<Vec<CustomerRow>, StoreError> {
        let columns = Columns { id: true, ..columns };
        read!(&self.db, |connection| {
            let mut query = customers::table.select(columns.list()).limit(range.rows).into_boxed();
            if let Some(after) = range.after {
                query = query.filter(customers::id.gt(after));
            }
            if let Some(before) = range.before {
                query = query.filter(customers::id.lt(before));
            }
            query = match range.backward {
                false => query.order(customers::id.asc()),
                true => query.order(customers::id.desc()),
            };
            query.load::<CustomerRow>(connection).await
        })
        .await
    }

    /// How many customers there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count(&self) -> Result<i64, StoreError> {
        read!(&self.db, |connection| customers::table.count().get_result::<i64>(connection).await).await
    }

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
        let number = match &self.db {
            Db::MySql(_) => "CAST(LAST_INSERT_ID() AS SIGNED)",
            Db::Sqlite(_) => "last_insert_rowid()",
        };
        match request {
            None => write!(&self.db, |connection| insert!(connection, number, customer, version)).await,
            Some(request) => {
                once!(&self.db, request, |connection| insert!(connection, number, customer, version)).await
            }
        }
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
        let row = customers::table.find(id);
        let changes = NewRow::new(customer, version);
        let changed = match versions {
            None => write!(&self.db, |connection| diesel::update(row).set(changes).execute(connection).await).await,
            Some([]) => Ok(0),
            Some(versions) => {
                let row = row.filter(self.shapes.any_of(customers::version, versions.to_vec(), UPDATE));
                write!(&self.db, |connection| diesel::update(row).set(changes).execute(connection).await).await
            }
        };
        match changed {
            Ok(0) if self.changed_since(id, versions).await? => Ok(Replaced::Changed),
            Ok(0) => Ok(Replaced::NotFound),
            Ok(_) => Ok(Replaced::Done(CustomerRow::stored(id, customer, version))),
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
        let removed = match versions {
            None => write!(&self.db, |connection| diesel::delete(row).execute(connection).await).await?,
            Some([]) => 0,
            Some(versions) => {
                let row = row.filter(self.shapes.any_of(customers::version, versions.to_vec(), DELETE));
                write!(&self.db, |connection| diesel::delete(row).execute(connection).await).await?
            }
        };
        match removed {
            0 if self.changed_since(id, versions).await? => Ok(Guarded::Changed),
            0 => Ok(Guarded::NotFound),
            _ => Ok(Guarded::Done(())),
        }
    }

    /// Whether a change found no row because of the version. It is read after the change failed, so whatever
    /// it finds was true since.
    async fn changed_since(&self, id: i64, versions: Option<&[i64]>) -> Result<bool, StoreError> {
        let columns = Columns { id: true, ..Columns::default() };
        Ok(versions.is_some() && self.find(Key::Id(id), columns).await?.is_some())
    }
}
