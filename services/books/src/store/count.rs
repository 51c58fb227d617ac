//! How long a list of books is.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, read};

use super::BookStore;
use super::clauses::{books_with, fitting, fitting_books, fitting_words, only};
use super::expressions::{HasWords, InOrder};
use super::list::{Filter, Order};
use super::schema::{book_words, books};

impl BookStore {
    /// How many books there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count(&self, filter: &Filter) -> Result<i64, StoreError> {
        let lead = self.lead(filter, Order::Isbn, None, true).await?;
        match lead.word {
            None => self.count_books(filter, &lead.others).await,
            Some(word) if filter.is_text_alone() => self.count_rows(word, &lead.others).await,
            Some(word) => self.count_with(word, filter, &lead.others).await,
        }
    }

    /// All books, each looked up under `words`.
    async fn count_books(&self, filter: &Filter, words: &[&str]) -> Result<i64, StoreError> {
        let as_range = self.as_range();
        read!(&self.db, |connection| {
            let mut query = books::table.count().into_boxed();
            fitting_books!(query, filter, words, as_range);
            query.get_result(connection).await
        })
        .await
    }

    /// The books that have a word, each looked up under the `others`.
    async fn count_with(&self, word: &str, filter: &Filter, others: &[&str]) -> Result<i64, StoreError> {
        let as_range = self.as_range();
        read!(&self.db, |connection| {
            let mut query = books_with!(word, as_range, count_star());
            fitting_words!(query, filter, others);
            query.get_result(connection).await
        })
        .await
    }

    /// The books that have a word, each looked up under the `others`, of which nothing else is to be known: so no
    /// book is read.
    async fn count_rows(&self, word: &str, others: &[&str]) -> Result<i64, StoreError> {
        read!(&self.db, |connection| {
            let mut query = book_words::table.filter(book_words::word.eq(word)).count().into_boxed();
            if !others.is_empty() {
                query = query.filter(HasWords { key: book_words::isbn_key, words: others });
            }
            query.get_result(connection).await
        })
        .await
    }
}
