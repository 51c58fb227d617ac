//! The expected outcomes of a mutation, as types.

use async_graphql::{SimpleObject, Union};
use graph_serve::checks::InvalidInput;
use graph_serve::idempotency::IdempotencyKeyReused;

use super::types::Book;

/// The book is stored.
#[derive(SimpleObject)]
pub struct BookSaved {
    /// The book as it is now.
    pub book: Book,
}

/// Another book has this ISBN; nothing was stored.
#[derive(SimpleObject)]
pub struct IsbnTaken {
    /// One sentence for the person who asked.
    pub message: String,
    /// The ISBN that is taken.
    pub isbn: String,
}

/// No book has this ISBN; nothing was changed.
#[derive(SimpleObject)]
pub struct BookNotFound {
    /// One sentence for the person who asked.
    pub message: String,
    /// The ISBN that was looked for.
    pub isbn: String,
}

/// The book has none of the versions that it had to have; nothing was changed.
#[derive(SimpleObject)]
pub struct BookChanged {
    /// One sentence for the person who asked.
    pub message: String,
}

/// The book is gone.
#[derive(SimpleObject)]
pub struct BookDeleted {
    /// The ISBN that it had.
    pub isbn: String,
}

/// What adding a book can lead to.
#[derive(Union)]
pub enum CreateBookResult {
    /// It is stored.
    Saved(BookSaved),
    /// Its ISBN is taken.
    Taken(IsbnTaken),
    /// It is no book.
    Invalid(InvalidInput),
    /// Its idempotency key was used for another one.
    KeyReused(IdempotencyKeyReused),
}

/// What replacing a book can lead to.
#[derive(Union)]
pub enum UpdateBookResult {
    /// It is stored.
    Saved(BookSaved),
    /// There is none with that ISBN.
    NotFound(BookNotFound),
    /// It was changed since it was read.
    Changed(BookChanged),
    /// It is no book.
    Invalid(InvalidInput),
}

/// What removing a book can lead to.
#[derive(Union)]
pub enum DeleteBookResult {
    /// It is gone.
    Deleted(BookDeleted),
    /// There is none with that ISBN.
    NotFound(BookNotFound),
    /// It was changed since it was read.
    Changed(BookChanged),
}

impl IsbnTaken {
    /// The refusal of a second book with `isbn`.
    pub fn new(isbn: &str) -> Self {
        Self { message: "This ISBN already exists in the system.".to_owned(), isbn: isbn.to_owned() }
    }
}

impl BookNotFound {
    /// There is no book with `isbn`.
    pub fn new(isbn: &str) -> Self {
        Self { message: format!("There is no book with the ISBN {isbn}."), isbn: isbn.to_owned() }
    }
}

impl Default for BookChanged {
    fn default() -> Self {
        let message = "The book was changed since it was read; read it again, then try again.";
        Self { message: message.to_owned() }
    }
}
