//! Changing reviews: everybody their own.

use async_graphql::{Context, ID, Object, Result};
use graph_host::auth::Caller;
use graph_serve::constraint::Constraint;
use graph_serve::outcome::IdempotencyKeyReused;
use store::{Added, Guarded, KeyedRequest, isbn, versions};

use super::list::book;
use super::results::{
    CreateReviewResult, DeleteReviewResult, ReviewChanged, ReviewDeleted, ReviewNotFound, ReviewSaved, ReviewTaken,
    UpdateReviewResult,
};
use super::types::{Review, ReviewInput};
use crate::review::NewReview;
use crate::store::ReviewStore;

/// Saying what one thinks of books.
pub struct Mutation;

/// Saying what one thinks of books.
#[Object]
impl Mutation {
    /// Adds the caller's review of a book; there is one for each.
    async fn create_review(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.", directive = Constraint::apply(isbn::bounds()))]
        isbn: String,
        #[graphql(desc = "The review.")] input: ReviewInput,
        #[graphql(
            desc = "Sent again with the same key and input, within a day, it gives the first answer again; up to 255 visible ASCII characters, such as a UUID."
        )]
        idempotency_key: Option<String>,
    ) -> Result<CreateReviewResult> {
        let book = book(&isbn)?;
        let review = match NewReview::try_from(input) {
            Ok(review) => review,
            Err(invalid) => return Ok(CreateReviewResult::Invalid(invalid)),
        };
        let request = KeyedRequest::read(context, "createReview", idempotency_key, &(book.key(), &review))?;
        let (store, author) = (context.data::<ReviewStore>()?, context.data::<Caller>()?.subject());
        Ok(match store.add(&book, author, &review, request.as_ref()).await? {
            Added::New(row) => CreateReviewResult::Saved(ReviewSaved { review: Review::from(row) }),
            Added::Taken => CreateReviewResult::Taken(ReviewTaken::new()),
            Added::KeyReused => CreateReviewResult::KeyReused(IdempotencyKeyReused::new()),
        })
    }

    /// Replaces the caller's review of a book.
    async fn update_review(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.", directive = Constraint::apply(isbn::bounds()))]
        isbn: String,
        #[graphql(desc = "The review as it shall be.")] input: ReviewInput,
        #[graphql(desc = "Only when the review has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<UpdateReviewResult> {
        let (book, versions) = (book(&isbn)?, versions(if_version)?);
        let review = match NewReview::try_from(input) {
            Ok(review) => review,
            Err(invalid) => return Ok(UpdateReviewResult::Invalid(invalid)),
        };
        let (store, author) = (context.data::<ReviewStore>()?, context.data::<Caller>()?.subject());
        Ok(match store.replace(&book, author, &review, versions.as_deref()).await? {
            Guarded::Done(row) => UpdateReviewResult::Saved(ReviewSaved { review: Review::from(row) }),
            Guarded::NotFound => UpdateReviewResult::NotFound(ReviewNotFound::new(isbn)),
            Guarded::Changed => UpdateReviewResult::Changed(ReviewChanged::new()),
        })
    }

    /// Removes the caller's review of a book.
    async fn delete_review(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.", directive = Constraint::apply(isbn::bounds()))]
        isbn: String,
        #[graphql(desc = "Only when the review has one of these versions; up to 500.")] if_version: Option<Vec<ID>>,
    ) -> Result<DeleteReviewResult> {
        let (book, versions) = (book(&isbn)?, versions(if_version)?);
        let (store, author) = (context.data::<ReviewStore>()?, context.data::<Caller>()?.subject());
        Ok(match store.remove(&book, author, versions.as_deref()).await? {
            Guarded::Done(()) => DeleteReviewResult::Deleted(ReviewDeleted { isbn }),
            Guarded::NotFound => DeleteReviewResult::NotFound(ReviewNotFound::new(isbn)),
            Guarded::Changed => DeleteReviewResult::Changed(ReviewChanged::new()),
        })
    }
}
