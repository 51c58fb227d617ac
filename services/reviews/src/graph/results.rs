//! The expected outcomes of a mutation, as types.

use async_graphql::SimpleObject;
use graph_serve::outcome::{IdempotencyKeyReused, InvalidInput};
use graph_serve::refused;

use super::types::Review;

/// The review is stored.
#[derive(SimpleObject)]
pub struct ReviewSaved {
    /// The review as it is now.
    pub review: Review,
}

/// The review is gone.
#[derive(SimpleObject)]
pub struct ReviewDeleted {
    /// The ISBN of the book that it was of.
    pub isbn: String,
}

refused! {
    /// Its author has reviewed the book before; nothing was stored.
    ReviewTaken = Taken("You have reviewed this book already; change that review instead.") {}
    /// The caller has no review of the book; nothing was changed.
    ReviewNotFound = NotFound("You have no review of the book with the ISBN {isbn}.") {
        /// The ISBN of the book.
        isbn: String,
    }
    /// The review has none of the versions that it had to have; nothing was changed.
    ReviewChanged = Changed("The review was changed since it was read; read it again, then try again.") {}
}

graph_serve::outcomes! {
    /// What adding a review can lead to.
    CreateReviewResult =
        Saved(ReviewSaved) | Taken(ReviewTaken) | Invalid(InvalidInput) | KeyReused(IdempotencyKeyReused);
    /// What replacing a review can lead to.
    UpdateReviewResult =
        Saved(ReviewSaved) | NotFound(ReviewNotFound) | Changed(ReviewChanged) | Invalid(InvalidInput);
    /// What removing a review can lead to.
    DeleteReviewResult = Deleted(ReviewDeleted) | NotFound(ReviewNotFound) | Changed(ReviewChanged);
}
