//! Changing the catalogue.

use async_graphql::{Context, Object, Result};
use graph_serve::checks::{Checks, InvalidInput};

use super::results::{
    BookDeleted, BookNotFound, BookSaved, CreateBookResult, DeleteBookResult, IsbnTaken, UpdateBookResult,
};
use super::types::{Book, BookInput};
use crate::book::{Isbn, NewBook};
use crate::store::{BookRow, BookStore};

/// Changing the catalogue.
pub struct Mutation;

/// Changing the catalogue.
#[Object]
impl Mutation {
    /// Adds a book.
    async fn create_book(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The book.")] input: BookInput,
    ) -> Result<CreateBookResult> {
        let book = match NewBook::try_new(input.into()) {
            Ok(book) => book,
            Err(invalid) => return Ok(CreateBookResult::Invalid(invalid)),
        };
        Ok(match context.data::<BookStore>()?.add(&book).await? {
            true => CreateBookResult::Saved(saved(&book)),
            false => CreateBookResult::Taken(IsbnTaken::new(book.isbn.written())),
        })
    }

    /// Replaces a book. The ISBN in the input must be the same; its spelling may change.
    async fn update_book(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.")] isbn: String,
        #[graphql(desc = "The book as it shall be.")] input: BookInput,
    ) -> Result<UpdateBookResult> {
        let book = match NewBook::try_new(input.into()).and_then(|book| same_isbn(&isbn, book)) {
            Ok(book) => book,
            Err(invalid) => return Ok(UpdateBookResult::Invalid(invalid)),
        };
        Ok(match context.data::<BookStore>()?.replace(&book).await? {
            true => UpdateBookResult::Saved(saved(&book)),
            false => UpdateBookResult::NotFound(BookNotFound::new(&isbn)),
        })
    }

    /// Removes a book.
    async fn delete_book(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.")] isbn: String,
    ) -> Result<DeleteBookResult> {
        let removed = match Isbn::try_new(&isbn) {
            Ok(isbn) => context.data::<BookStore>()?.remove(&isbn).await?,
            Err(_) => false,
        };
        Ok(match removed {
            true => DeleteBookResult::Deleted(BookDeleted { isbn }),
            false => DeleteBookResult::NotFound(BookNotFound::new(&isbn)),
        })
    }
}

/// The answer about a book that was stored: it is known without reading it again.
fn saved(book: &NewBook) -> BookSaved {
    BookSaved { book: Book(BookRow::from(book)) }
}

fn same_isbn(asked: &str, book: NewBook) -> Result<NewBook, InvalidInput> {
    let mut checks = Checks::default();
    if !Isbn::try_new(asked).is_ok_and(|isbn| isbn.key() == book.isbn.key()) {
        checks.note("isbn", format!("must be that of the book that is replaced, {asked}"));
    }
    checks.finish(Some(book))
}
