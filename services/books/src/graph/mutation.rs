//! Changing the catalogue.

use async_graphql::{Context, ID, Object, Result};
use graph_serve::checks::Checks;
use graph_serve::constraint::Constraint;
use graph_serve::outcome::{IdempotencyKeyReused, InvalidInput};
use graph_serve::rights::whose;
use store::{Added, Guarded, KeyedRequest, versions};

use super::bounds;
use super::results::{
    BookChanged, BookDeleted, BookNotAllowed, BookNotFound, BookSaved, CreateBookResult, DeleteBookResult, IsbnTaken,
    UpdateBookResult,
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
        #[graphql(
            desc = "Sent again with the same key and input, within a day, it gives the first answer again; up to 255 visible ASCII characters, such as a UUID."
        )]
        idempotency_key: Option<String>,
    ) -> Result<CreateBookResult> {
        let book = match NewBook::try_new(input.into()) {
            Ok(book) => book,
            Err(invalid) => return Ok(CreateBookResult::Invalid(invalid)),
        };
        let request = KeyedRequest::read(context, "createBook", idempotency_key, &BookRow::from(&book))?;
        Ok(match books(context)?.add(&book, request.as_ref()).await? {
            Added::New(row) => CreateBookResult::Saved(BookSaved { book: Book::from(row) }),
            Added::Taken => CreateBookResult::Taken(IsbnTaken::new(book.isbn.written())),
            Added::KeyReused => CreateBookResult::KeyReused(IdempotencyKeyReused::new()),
        })
    }

    /// Replaces a book. The ISBN in the input must be the same; its spelling may change.
    async fn update_book(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.", directive = Constraint::apply(bounds::isbn()))]
        isbn: String,
        #[graphql(desc = "The book as it shall be.")] input: BookInput,
        #[graphql(desc = "Only when the book has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<UpdateBookResult> {
        let book = match NewBook::try_new(input.into()).and_then(|book| same_isbn(&isbn, book)) {
            Ok(book) => book,
            Err(invalid) => return Ok(UpdateBookResult::Invalid(invalid)),
        };
        let versions = versions(if_version)?;
        let store = books(context)?;
        Ok(match store.replace(&book, versions.as_deref()).await? {
            Guarded::Done(row) => UpdateBookResult::Saved(BookSaved { book: Book::from(row) }),
            _ if store.is_anothers(&book.isbn).await? => UpdateBookResult::NotAllowed(BookNotAllowed::new(&isbn)),
            Guarded::NotFound => UpdateBookResult::NotFound(BookNotFound::new(&isbn)),
            Guarded::Changed => UpdateBookResult::Changed(BookChanged::new()),
        })
    }

    /// Removes a book.
    async fn delete_book(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.", directive = Constraint::apply(bounds::isbn()))]
        isbn: String,
        #[graphql(desc = "Only when the book has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<DeleteBookResult> {
        let versions = versions(if_version)?;
        let Ok(book) = Isbn::try_new(&isbn) else {
            return Ok(DeleteBookResult::NotFound(BookNotFound::new(&isbn)));
        };
        let store = books(context)?;
        Ok(match store.remove(&book, versions.as_deref()).await? {
            Guarded::Done(()) => DeleteBookResult::Deleted(BookDeleted { isbn }),
            _ if store.is_anothers(&book).await? => DeleteBookResult::NotAllowed(BookNotAllowed::new(&isbn)),
            Guarded::NotFound => DeleteBookResult::NotFound(BookNotFound::new(&isbn)),
            Guarded::Changed => DeleteBookResult::Changed(BookChanged::new()),
        })
    }
}

/// The books as the caller may change them: a seller their own, an admin all.
fn books(context: &Context<'_>) -> Result<BookStore> {
    Ok(context.data::<BookStore>()?.of_seller(whose(context)?.owner()))
}

fn same_isbn(asked: &str, book: NewBook) -> Result<NewBook, InvalidInput> {
    let mut checks = Checks::default();
    if !Isbn::try_new(asked).is_ok_and(|isbn| isbn.key() == book.isbn.key()) {
        checks.note("isbn", format!("must be that of the book that is replaced, {asked}"));
    }
    checks.finish(Some(book))
}
