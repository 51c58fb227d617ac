//! Reviews: list those of a book, and rate it.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{Double, Nullable};
use diesel_async::RunQueryDsl;
use store::isbn::Isbn;
use store::{StoreError, read};

use super::ReviewStore;
use super::columns::{Columns, ReviewRow};
use super::schema::reviews::{self, id, isbn_key, verified};

/// The place of a review in a list: whether its author bought the book, and its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place(pub bool, pub i64);

/// One page of a list: the latest reviews first.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Whether those of buyers come before all others.
    pub buyers_first: bool,
    /// Begin after this place.
    pub after: Option<Place>,
    /// End before this place.
    pub before: Option<Place>,
    /// Read from the end of the page, towards its beginning.
    pub backward: bool,
    /// Read at most so many rows.
    pub rows: i64,
}

/// The stars of a book's reviews on average, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Queryable)]
pub struct Rating(pub Option<f64>, pub i64);

/// What tells the statements of ratings from others of the same shape.
const RATINGS: u64 = u64::MAX - 2;

impl ReviewStore {
    /// One page of the reviews of a book, in the direction of reading, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, isbn: &Isbn, range: Range, columns: Columns) -> Result<Vec<ReviewRow>, StoreError> {
        let (columns, buyers_first) = (Columns { id: true, verified: true, ..columns }, range.buyers_first);
        read!(&self.db, |connection| {
            let all = reviews::table.filter(isbn_key.eq(isbn.key())).select(columns.list());
            let mut query = all.limit(range.rows).into_boxed();
            query = match range.after {
                Some(Place(bought, n)) if buyers_first => {
                    query.filter(verified.lt(bought).or(verified.eq(bought).and(id.lt(n))))
                }
                Some(Place(_, n)) => query.filter(id.lt(n)),
                None => query,
            };
            query = match range.before {
                Some(Place(bought, n)) if buyers_first => {
                    query.filter(verified.gt(bought).or(verified.eq(bought).and(id.gt(n))))
                }
                Some(Place(_, n)) => query.filter(id.gt(n)),
                None => query,
            };
            query = match (buyers_first, range.backward) {
                (true, false) => query.order((verified.desc(), id.desc())),
                (true, true) => query.order((verified.asc(), id.asc())),
                (false, false) => query.order(id.desc()),
                (false, true) => query.order(id.asc()),
            };
            query.load::<ReviewRow>(connection).await
        })
        .await
    }

    /// The ratings of those of these books that have reviews, by the keys of their ISBNs, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ratings(&self, books: &[Isbn]) -> Result<Vec<(String, Rating)>, StoreError> {
        if books.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self.shapes.any_of(isbn_key, books.iter().map(Isbn::key).collect(), RATINGS);
        read!(&self.db, |connection| {
            let average = sql::<Nullable<Double>>("CAST(AVG(stars) AS DOUBLE)");
            let rated = reviews::table.filter(wanted.clone()).group_by(isbn_key);
            rated.select((isbn_key, (average, count_star()))).load::<(String, Rating)>(connection).await
        })
        .await
    }
}
