//! What a list of the books that have certain words begins with, so that a page costs a page.
//!
//! Where to begin is decided here, not by the database, which does not know how many books have a word behind a cursor.
//! A word that few of them have leads: those books are read, and looked up under the other words. When all words
//! are common, the list is read in its own order, and each book is looked up under all the words: most have them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, read};

use super::BookStore;
use super::clauses::{along, beyond_key, only};
use super::cursor::Cursor;
use super::list::{Filter, Order};
use super::schema::book_words;
use crate::words::Wanted;

/// So many books behind the cursor make a word common.
const COMMON: i64 = 1000;

/// What a list begins with, and the words under which each book is looked up.
#[derive(Clone, Debug, Default)]
pub(super) struct Lead<'a> {
    /// With the books that have this word; else with all books.
    pub(super) word: Option<&'a str>,
    /// The other words that the books must have.
    pub(super) others: Vec<&'a str>,
}

impl<'a> Lead<'a> {
    fn new(wanted: &'a Wanted, word: Option<&'a str>) -> Self {
        let all = wanted.longest_first().iter().map(String::as_str);
        Self { word, others: all.filter(|other| Some(*other) != word).collect() }
    }
}

impl BookStore {
    /// What the list behind a cursor shall begin with.
    pub(super) async fn lead<'a>(
        &self,
        filter: &'a Filter,
        order: Order,
        start: Option<&Cursor>,
        upward: bool,
    ) -> Result<Lead<'a>, StoreError> {
        let Some(wanted) = &filter.text else { return Ok(Lead::default()) };
        let words = wanted.longest_first();
        let narrowed = filter.author.is_some() || filter.genre.is_some();
        // The rows of each word are in the order of ISBNs, and so are those of one author or genre.
        let any_word = order == Order::Isbn && !narrowed;
        if any_word && words.len() == 1 {
            return Ok(Lead::new(wanted, words.first().map(String::as_str)));
        }
        for word in words {
            if self.is_rare(word, start.filter(|_| order == Order::Isbn), upward).await? {
                return Ok(Lead::new(wanted, Some(word)));
            }
        }
        Ok(Lead::new(wanted, words.first().map(String::as_str).filter(|_| any_word)))
    }

    /// Whether fewer than [`COMMON`] books have a word behind a cursor of the list by ISBN.
    async fn is_rare(&self, word: &str, start: Option<&Cursor>, upward: bool) -> Result<bool, StoreError> {
        let as_range = self.as_range();
        let last = read!(&self.db, |connection| {
            let mut query = book_words::table.select(book_words::isbn_key).limit(1).offset(COMMON - 1).into_boxed();
            only!(query, book_words::word, word, as_range);
            if let Some(Cursor::Isbn(key)) = start {
                beyond_key!(query, book_words::isbn_key, key, upward);
            }
            along!(query, book_words::isbn_key, book_words::word, upward);
            query.first::<String>(connection).await.optional()
        });
        Ok(last.await?.is_none())
    }
}
