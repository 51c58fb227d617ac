//! Filling an empty table.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, transaction};

use super::CustomerStore;
use super::rows::NewRow;
use super::schema::customers;
use crate::customer::NewCustomer;

impl CustomerStore {
    /// Adds all of `sample`, or none of it, when there are no customers yet; says whether it did.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was changed.
    pub async fn fill_if_empty(&self, sample: &[NewCustomer]) -> Result<bool, StoreError> {
        transaction!(&self.db, |connection| {
            if customers::table.count().get_result::<i64>(connection).await? > 0 {
                return Ok(false);
            }
            for customer in sample {
                diesel::insert_into(customers::table).values(NewRow::from(customer)).execute(connection).await?;
            }
            Ok::<_, diesel::result::Error>(true)
        })
        .await
    }
}
