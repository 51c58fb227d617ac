//! Customers: look up and list.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, read};

use super::CustomerStore;
use super::columns::{Columns, CustomerRow};
use super::schema::customers;
use crate::customer::UserId;

/// What a customer is looked up by.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// The number of the customer.
    Id(i64),
    /// The e-mail address, in whatever case.
    UserId(&'a UserId),
}

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

impl CustomerRow {
    /// What the user ID is found by, when it was read.
    pub fn user_key(&self) -> Option<String> {
        self.user_id.as_deref().map(UserId::key_of)
    }
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
}
