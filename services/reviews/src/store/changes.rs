//! Reviews: add, change, remove.

use std::time::{SystemTime, UNIX_EPOCH};

use diesel::dsl::sql as sql_of;
use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use store::isbn::Isbn;
use store::{Added, Connection, Guarded, KeyedRequest, StoreError, Version, guarded, numbered, read};

use super::ReviewStore;
use super::columns::{Columns, ReviewRow};
use super::schema::reviews;
use crate::review::{EXCERPT_MAX, NewReview};

/// What tells the statements that change a review in a certain version from those that read [`Columns`].
const UPDATE: u64 = u64::MAX;
const DELETE: u64 = u64::MAX - 1;

impl ReviewStore {
    /// Adds the one review of a book by `author`; to a `request` that did so before it says again what came of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(
        &self,
        isbn: &Isbn,
        author: &str,
        review: &NewReview,
        request: Option<&KeyedRequest>,
    ) -> Result<Added<ReviewRow>, StoreError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let row = &ReviewRow {
            isbn_key: Some(isbn.key().to_owned()),
            author: Some(author.to_owned()),
            // Nobody tells yet what was bought.
            verified: Some(false),
            created_at: i64::try_from(now).ok(),
            ..written(review)?
        };
        let insert = diesel::insert_into(reviews::table).values(row);
        numbered!(&self.db, request, |connection| insert.execute(connection).await, |id| {
            let excerpt = review.text.chars().take(EXCERPT_MAX).collect();
            ReviewRow { id: Some(id), excerpt: Some(excerpt), ..row.clone() }
        })
        .await
    }

    /// Replaces the review of a book by `author`, and gives it as it is then; with `versions`, only when it has one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace(
        &self,
        isbn: &Isbn,
        author: &str,
        review: &NewReview,
        versions: Option<&[i64]>,
    ) -> Result<Guarded<ReviewRow>, StoreError> {
        let row = reviews::table.filter(reviews::isbn_key.eq(isbn.key()).and(reviews::author.eq(author)));
        let changes = &written(review)?;
        let changed = guarded!(self, row, reviews::version, versions, UPDATE, |connection, row| {
            diesel::update(row).set(changes).execute(connection).await
        });
        let changed: Guarded<()> = changed.await?;
        if changed != Guarded::Done(()) {
            return Ok(changed.map(|()| ReviewRow::default()));
        }
        let now = row.select(Columns::ALL.list());
        let now = read!(&self.db, |connection| now.first::<ReviewRow>(connection).await.optional()).await?;
        // It may have been removed meanwhile.
        Ok(now.map_or(Guarded::NotFound, Guarded::Done))
    }

    /// Removes the review of a book by `author`; with `versions`, only when it has one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove(&self, isbn: &Isbn, author: &str, versions: Option<&[i64]>) -> Result<Guarded<()>, StoreError> {
        let row = reviews::table.filter(reviews::isbn_key.eq(isbn.key()).and(reviews::author.eq(author)));
        let removed = guarded!(self, row, reviews::version, versions, DELETE, |connection, row| {
            diesel::delete(row).execute(connection).await
        });
        removed.await
    }
}

/// Has reviews by `author` name nobody any more; each is still the only one of its author.
pub(crate) async fn blank_author(connection: Connection<'_>, author: &str) -> QueryResult<()> {
    let fresh = Version::fresh().map_err(|error| QueryError::QueryBuilderError(Box::new(error)))?;
    let (theirs, version) = (reviews::table.filter(reviews::author.eq(author)), reviews::version.eq(fresh.column()));
    let nobody = |sql: &str| reviews::author.eq(sql_of::<Text>(sql));
    match connection {
        Connection::MySql(connection) => {
            let set = (nobody("CONCAT('removed ', id)"), version);
            diesel::update(theirs).set(set).execute(connection).await
        }
        Connection::Sqlite(connection) => {
            let set = (nobody("'removed ' || id"), version);
            diesel::update(theirs).set(set).execute(connection).await
        }
    }
    .map(drop)
}

/// The columns that a review fills, with a new version.
fn written(review: &NewReview) -> Result<ReviewRow, StoreError> {
    let (stars, version) = (Some(review.stars), Some(Version::fresh()?.column()));
    let (title, text) = (Some(review.title.clone()), Some(review.text.clone()));
    Ok(ReviewRow { stars, title, text, version, ..ReviewRow::default() })
}
