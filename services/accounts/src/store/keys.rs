//! The keys that sign tokens.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, write};

use super::AccountStore;
use super::schema::signing_keys;

/// A key, and from when on it signs.
#[derive(Clone, Insertable, Queryable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    /// Its name.
    pub kid: String,
    /// The private key (PKCS #8 in base64).
    pub private: String,
    /// In seconds since 1970; 0 for the first one.
    pub signs_from: i64,
}

impl AccountStore {
    /// All keys, in the order in which they sign.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        let all = signing_keys::table.order(signing_keys::signs_from.asc()).select(signing_keys::all_columns);
        // Not from a replica, which may be late.
        write!(&self.db, |connection| all.load::<SigningKey>(connection).await).await
    }

    /// Adds a key, unless there is one that signs from the same time on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_signing_key(&self, key: &SigningKey) -> Result<bool, StoreError> {
        let insert = diesel::insert_into(signing_keys::table).values(key);
        match write!(&self.db, |connection| insert.execute(connection).await).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes keys.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove_signing_keys(&self, kids: &[String]) -> Result<(), StoreError> {
        let those = signing_keys::table.filter(signing_keys::kid.eq_any(kids));
        write!(&self.db, |connection| diesel::delete(those.clone()).execute(connection).await).await.map(|_| ())
    }
}
