//! Filling an empty table.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, Version, transaction};

use super::CustomerStore;
use super::changes::NewRow;
use super::schema::customers;
use crate::customer::NewCustomer;

impl CustomerStore {
    /// Adds all of `sample`, or none of it, when there are no customers yet; says whether it did.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was changed.
    pub async fn fill_if_empty(&self, sample: &[NewCustomer]) -> Result<bool, StoreError> {
        let versions = sample.iter().map(|_| Version::fresh()).collect::<Result<Vec<_>, _>>()?;
        transaction!(&self.db, |connection| {
            if customers::table.count().get_result::<i64>(connection).await? > 0 {
                return Ok(false);
            }
            for (customer, version) in sample.iter().zip(&versions) {
                let new = NewRow::new(customer, *version);
                diesel::insert_into(customers::table).values(new).execute(connection).await?;
            }
            Ok::<_, diesel::result::Error>(true)
        })
        .await
    }
}
