//! The expected outcomes of a mutation, as types.

use async_graphql::SimpleObject;
use graph_serve::outcome::{IdempotencyKeyReused, InvalidInput};
use graph_serve::refused;

use super::types::Book;

/// The book is stored.
#[derive(SimpleObject)]
pub struct BookSaved {
    /// The book as it is now.
    pub book: Book,
}

/// The book is gone.
#[derive(SimpleObject)]
pub struct BookDeleted {
    /// The ISBN that it had.
    pub isbn: String,
}

refused! {
    /// Another book has this ISBN; nothing was stored.
    IsbnTaken = Taken("This ISBN already exists in the system.") {
        /// The ISBN that is taken.
        isbn: String,
    }
    /// No book has this ISBN; nothing was changed.
    BookNotFound = NotFound("There is no book with the ISBN {isbn}.") {
        /// The ISBN that was looked for.
        isbn: String,
    }
    /// The book is sold by somebody else; nothing was changed.
    BookNotAllowed = NotAllowed("The book with the ISBN {isbn} is not yours to change.") {
        /// The ISBN of the book.
        isbn: String,
    }
    /// The book has none of the versions that it had to have; nothing was changed.
    BookChanged = Changed("The book was changed since it was read; read it again, then try again.") {}
}

graph_serve::outcomes! {
    /// What adding a book can lead to.
    CreateBookResult = Saved(BookSaved) | Taken(IsbnTaken) | Invalid(InvalidInput) | KeyReused(IdempotencyKeyReused);
    /// What replacing a book can lead to.
    UpdateBookResult =
        Saved(BookSaved)
        | NotFound(BookNotFound)
        | Changed(BookChanged)
        | NotAllowed(BookNotAllowed)
        | Invalid(InvalidInput);
    /// What removing a book can lead to.
    DeleteBookResult =
        Deleted(BookDeleted) | NotFound(BookNotFound) | Changed(BookChanged) | NotAllowed(BookNotAllowed);
}
