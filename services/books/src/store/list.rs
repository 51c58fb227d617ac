//! Pages of the list of books: filters and orders.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use store::{Db, StoreError, read};

use super::BookStore;
use super::columns::{BookRow, Columns};
use super::cursor::Cursor;
use super::schema::books;
use crate::book::Price;

/// Which books are listed; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Books of exactly this genre.
    pub genre: Option<String>,
    /// Books by exactly this author.
    pub author: Option<String>,
    /// Books whose title begins so.
    pub title_prefix: Option<String>,
    /// Books that cost this or more.
    pub price_from: Option<Price>,
    /// Books that cost this or less.
    pub price_to: Option<Price>,
    /// Books of which there is one in stock, or none.
    pub in_stock: Option<bool>,
}

/// What the list is sorted by; books that are equal in it are sorted by their ISBN.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub enum Order {
    /// By ISBN, without its hyphens.
    #[default]
    Isbn,
    /// By title.
    Title,
    /// By author.
    Author,
    /// By price.
    Price,
}

/// One page of the list.
#[derive(Clone, Debug)]
pub struct Range {
    /// What the list is sorted by.
    pub order: Order,
    /// Whether the list runs from the highest to the lowest.
    pub descending: bool,
    /// Begin after this place.
    pub after: Option<Cursor>,
    /// End before this place.
    pub before: Option<Cursor>,
    /// Read from the end of the page, towards its beginning.
    pub backward: bool,
    /// Read at most so many rows.
    pub rows: i64,
}

/// `LIKE` pattern for texts that begin with `prefix`, whose own `%`, `_` and `\` mean themselves.
fn begins_with(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for c in prefix.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Narrows a boxed query to one value of a column whose index goes on with the ISBN.
///
/// MySQL may walk all the rows of an equality from its first one, rather than seek the one behind a cursor. A
/// range of one value, read in the order of the index, is always sought; SQLite is the other way round.
macro_rules! only {
    ($query:ident, $column:expr, $value:expr, $as_range:expr) => {
        $query = match $as_range {
            true => $query.filter($column.ge($value)).filter($column.le($value)),
            false => $query.filter($column.eq($value)),
        }
    };
}

/// Narrows a boxed query to the books of a [`Filter`].
macro_rules! filtered {
    ($query:ident, $filter:expr, $as_range:expr) => {
        let filter: &Filter = $filter;
        match (&filter.author, &filter.genre) {
            // Of an author there are fewer books than of a genre.
            (Some(author), Some(genre)) => {
                only!($query, books::author, author, $as_range);
                $query = $query.filter(books::genre.eq(genre));
            }
            (Some(author), None) => only!($query, books::author, author, $as_range),
            (None, Some(genre)) => only!($query, books::genre, genre, $as_range),
            (None, None) => {}
        }
        if let Some(prefix) = &filter.title_prefix {
            $query = $query.filter(books::title.like(begins_with(prefix)).escape('\\'));
        }
        if let Some(price) = filter.price_from {
            $query = $query.filter(books::price_cents.ge(price.cents()));
        }
        if let Some(price) = filter.price_to {
            $query = $query.filter(books::price_cents.le(price.cents()));
        }
        match filter.in_stock {
            Some(true) => $query = $query.filter(books::quantity.gt(0)),
            Some(false) => $query = $query.filter(books::quantity.eq(0)),
            None => {}
        }
    };
}

/// Narrows a boxed query to the books behind a [`Cursor`], in the direction of reading.
macro_rules! beyond {
    ($query:ident, $cursor:expr, $upward:expr) => {
        match ($cursor, $upward) {
            (None, _) => {}
            (Some(Cursor::Isbn(key)), true) => $query = $query.filter(books::isbn_key.gt(key)),
            (Some(Cursor::Isbn(key)), false) => $query = $query.filter(books::isbn_key.lt(key)),
            (Some(Cursor::Price(cents, key)), upward) => beyond!($query, books::price_cents, *cents, key, upward),
            (Some(Cursor::Text(Order::Author, text, key)), upward) => beyond!($query, books::author, text, key, upward),
            (Some(Cursor::Text(_, text, key)), upward) => beyond!($query, books::title, text, key, upward),
        }
    };
    // `a >= x AND (a > x OR key > k)` rather than `a > x OR (a = x AND key > k)`: the first half is a range
    // that both databases find in the index.
    ($query:ident, $column:expr, $value:expr, $key:expr, $upward:expr) => {
        if $upward {
            $query = $query.filter($column.ge($value)).filter($column.gt($value).or(books::isbn_key.gt($key)));
        } else {
            $query = $query.filter($column.le($value)).filter($column.lt($value).or(books::isbn_key.lt($key)));
        }
    };
}

/// Sorts a boxed query in the direction of reading.
macro_rules! sorted {
    ($query:ident, $filter:expr, $order:expr, $upward:expr) => {
        // The author or genre that all rows have changes nothing in the order, but names the index to read.
        let (author, genre) = ($filter.author.is_some(), $filter.genre.is_some());
        $query = match ($order, $upward) {
            (Order::Isbn, true) if author => $query.order((books::author.asc(), books::isbn_key.asc())),
            (Order::Isbn, false) if author => $query.order((books::author.desc(), books::isbn_key.desc())),
            (Order::Isbn, true) if genre => $query.order((books::genre.asc(), books::isbn_key.asc())),
            (Order::Isbn, false) if genre => $query.order((books::genre.desc(), books::isbn_key.desc())),
            (Order::Isbn, true) => $query.order(books::isbn_key.asc()),
            (Order::Isbn, false) => $query.order(books::isbn_key.desc()),
            (Order::Title, true) => $query.order((books::title.asc(), books::isbn_key.asc())),
            (Order::Title, false) => $query.order((books::title.desc(), books::isbn_key.desc())),
            (Order::Author, true) => $query.order((books::author.asc(), books::isbn_key.asc())),
            (Order::Author, false) => $query.order((books::author.desc(), books::isbn_key.desc())),
            (Order::Price, true) => $query.order((books::price_cents.asc(), books::isbn_key.asc())),
            (Order::Price, false) => $query.order((books::price_cents.desc(), books::isbn_key.desc())),
        }
    };
}

impl BookStore {
    /// One page of the list, in the direction of reading, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, filter: &Filter, range: &Range, columns: Columns) -> Result<Vec<BookRow>, StoreError> {
        let columns = with_cursor(columns, range.order);
        let upward = range.descending == range.backward;
        let (start, end) = match range.backward {
            false => (&range.after, &range.before),
            true => (&range.before, &range.after),
        };
        let as_range = matches!(self.db, Db::MySql(_));
        read!(&self.db, |connection| {
            let mut query = books::table.select(columns.list()).limit(range.rows).into_boxed();
            filtered!(query, filter, as_range);
            beyond!(query, start, upward);
            beyond!(query, end, !upward);
            sorted!(query, filter, range.order, upward);
            query.load::<BookRow>(connection).await
        })
        .await
    }

    /// How many books there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count(&self, filter: &Filter) -> Result<i64, StoreError> {
        let as_range = matches!(self.db, Db::MySql(_));
        read!(&self.db, |connection| {
            let mut query = books::table.count().into_boxed();
            filtered!(query, filter, as_range);
            query.get_result::<i64>(connection).await
        })
        .await
    }
}

/// The columns, and those that a cursor is made of.
fn with_cursor(columns: Columns, order: Order) -> Columns {
    Columns {
        isbn_key: true,
        title: columns.title || order == Order::Title,
        author: columns.author || order == Order::Author,
        price: columns.price || order == Order::Price,
        ..columns
    }
}
