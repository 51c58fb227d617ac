//! Pages of the list of books: filters and orders.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use store::{Db, StoreError, read};

use super::BookStore;
use super::clauses::{along, beyond, beyond_key, books_with, fitting, fitting_books, fitting_words, only, sorted};
use super::columns::{BookRow, Columns};
use super::cursor::Cursor;
use super::expressions::{HasWords, InOrder};
use super::schema::{book_words, books};
use crate::book::Price;
use crate::words::Wanted;

/// Which books are listed; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Books of exactly this genre.
    pub genre: Option<String>,
    /// Books by exactly this author.
    pub author: Option<String>,
    /// Books that have all of these words.
    pub text: Option<Wanted>,
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

impl BookStore {
    /// One page of the list, in the direction of reading.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, filter: &Filter, range: &Range, columns: Columns) -> Result<Vec<BookRow>, StoreError> {
        let start = if range.backward { &range.before } else { &range.after };
        let lead = self.lead(filter, range.order, start.as_ref(), range.upward()).await?;
        let columns = with_cursor(columns, range.order);
        match lead.word {
            None => self.list_books(filter, &lead.others, range, columns).await,
            Some(word) => self.list_with(word, filter, &lead.others, range, columns).await,
        }
    }

    /// A page of a list that begins with books, each looked up under `words`.
    async fn list_books(
        &self,
        filter: &Filter,
        words: &[&str],
        range: &Range,
        columns: Columns,
    ) -> Result<Vec<BookRow>, StoreError> {
        let (as_range, upward, (start, end)) = (self.as_range(), range.upward(), range.ends());
        read!(&self.db, |connection| {
            let mut query = books::table.select(columns.list()).limit(range.rows).into_boxed();
            fitting_books!(query, filter, words, as_range);
            beyond!(query, books::isbn_key, start, upward);
            beyond!(query, books::isbn_key, end, !upward);
            match (range.order, &filter.author, &filter.genre) {
                // The author or genre that all rows have changes nothing in the order, but names the index to read.
                (Order::Isbn, Some(_), _) => along!(query, books::isbn_key, books::author, upward),
                (Order::Isbn, None, Some(_)) => along!(query, books::isbn_key, books::genre, upward),
                (order, ..) => sorted!(query, books::isbn_key, order, upward),
            }
            query.load::<BookRow>(connection).await
        })
        .await
    }

    /// A page of a list that begins with the books that have a word, each looked up under the `others`.
    async fn list_with(
        &self,
        word: &str,
        filter: &Filter,
        others: &[&str],
        range: &Range,
        columns: Columns,
    ) -> Result<Vec<BookRow>, StoreError> {
        let (as_range, upward, (start, end)) = (self.as_range(), range.upward(), range.ends());
        read!(&self.db, |connection| {
            let mut query = books_with!(word, as_range, columns.list()).limit(range.rows);
            fitting_words!(query, filter, others);
            beyond!(query, book_words::isbn_key, start, upward);
            beyond!(query, book_words::isbn_key, end, !upward);
            match range.order {
                Order::Isbn => along!(query, book_words::isbn_key, book_words::word, upward),
                order => sorted!(query, book_words::isbn_key, order, upward),
            }
            query.load::<BookRow>(connection).await
        })
        .await
    }

    /// Whether this database seeks a range of one value where it would walk an equality; see [`only!`].
    pub(super) fn as_range(&self) -> bool {
        matches!(self.db, Db::MySql(_))
    }
}

impl Filter {
    /// Whether the text alone tells which books are listed.
    pub(super) fn is_text_alone(&self) -> bool {
        let Self { genre, author, text, title_prefix, price_from, price_to, in_stock } = self;
        let texts = [genre, author, title_prefix].into_iter().all(Option::is_none);
        text.is_some() && texts && price_from.or(*price_to).is_none() && in_stock.is_none()
    }
}

impl Range {
    /// Whether rows are read from the lowest to the highest.
    fn upward(&self) -> bool {
        self.descending == self.backward
    }

    /// Where reading starts and where it ends.
    fn ends(&self) -> (&Option<Cursor>, &Option<Cursor>) {
        match self.backward {
            false => (&self.after, &self.before),
            true => (&self.before, &self.after),
        }
    }
}

/// The columns, and those that a cursor is made of.
fn with_cursor(columns: Columns, order: Order) -> Columns {
    Columns {
        isbn_key: true,
        title: columns.title || order == Order::Title,
        author: columns.author || order == Order::Author,
        price_cents: columns.price_cents || order == Order::Price,
        ..columns
    }
}
