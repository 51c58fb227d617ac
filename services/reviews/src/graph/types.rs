//! What a review looks like in the graph, and a book as far as its reviews go.

use std::time::{Duration, UNIX_EPOCH};

use async_graphql::{ComplexObject, Context, ID, InputObject, Result, SimpleObject};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::outcome::InvalidInput;
use graph_serve::paging::{Page, page_size};
use store::{Version, isbn};

use super::list::{self, ReviewConnection, ReviewOrder};
use crate::review::{AUTHOR_MAX, EXCERPT_MAX, NewReview, STARS, TEXT_MAX, TITLE_MAX};
use crate::store::ReviewRow;

graph_serve::row! {
    /// A review of a book.
    "Review" Review = ReviewFields(ReviewRow) {
        /// The number of the review.
        id: ID = |row| row.id.map(ID::from),
        /// The version: an opaque text that is another one after every change, for `ifVersion` of a mutation.
        version: ID = |row| row.version.map(Version::id),
        /// Who wrote it: the subject of their token.
        #[graphql(directive = Constraint::apply(Bounds::up_to(AUTHOR_MAX)))]
        author: &str = |row| row.author.as_deref(),
        /// How many stars it gives.
        #[graphql(directive = Constraint::apply(stars()))]
        stars: i32 = |row| row.stars,
        /// The title.
        #[graphql(directive = Constraint::apply(Bounds::text(TITLE_MAX)))]
        title: &str = |row| row.title.as_deref(),
        /// The text.
        #[graphql(directive = Constraint::apply(Bounds::text(TEXT_MAX)))]
        text: &str = |row| row.text.as_deref(),
        /// The first 200 characters of the text.
        #[graphql(directive = Constraint::apply(Bounds::lengths(1, EXCERPT_MAX)))]
        excerpt: &str = |row| row.excerpt.as_deref(),
        /// Whether its author bought the book.
        verified: bool = |row| row.verified,
        /// When it was written (RFC 3339, in UTC).
        #[graphql(directive = Constraint::apply(Bounds::default().format("date-time")))]
        created_at as "createdAt": String = |row| row.created_at.map(timestamp),
    }
}

/// The stars of a review, or of several on average.
fn stars() -> Bounds {
    Bounds::range(*STARS.start(), *STARS.end())
}

/// The time so many seconds after the beginning of 1970.
fn timestamp(seconds: i64) -> String {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}

/// A book, as far as its reviews go. Whether there is such a book is not known here.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Book {
    /// The ISBN, as it was asked for.
    #[graphql(directive = Constraint::apply(isbn::bounds()))]
    pub isbn: String,
    /// The stars of its reviews, on average; null when it has none.
    #[graphql(directive = Constraint::apply(stars()))]
    pub rating: Option<f64>,
    /// How many reviews it has.
    pub ratings: i64,
}

#[ComplexObject]
impl Book {
    /// Its reviews, page by page.
    async fn reviews(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first so many reviews; 50 when neither first nor last is given.", directive = Constraint::apply(page_size()))]
        first: Option<i32>,
        #[graphql(desc = "Only reviews after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many reviews.", directive = Constraint::apply(page_size()))] last: Option<i32>,
        #[graphql(desc = "Only reviews before this cursor.")] before: Option<String>,
        #[graphql(desc = "What they are sorted by; the newest first when it is not given.")] order_by: Option<
            ReviewOrder,
        >,
    ) -> Result<ReviewConnection> {
        list::page(context, &self.isbn, Page::try_new(first, after, last, before)?, order_by).await
    }
}

/// What a review shall be: all of it, since an update replaces the whole review.
#[derive(InputObject)]
pub struct ReviewInput {
    /// How many stars it gives.
    #[graphql(directive = Constraint::apply(stars()))]
    stars: i32,
    /// The title.
    #[graphql(directive = Constraint::apply(Bounds::text(TITLE_MAX)))]
    title: String,
    /// The text.
    #[graphql(directive = Constraint::apply(Bounds::text(TEXT_MAX)))]
    text: String,
}

impl TryFrom<ReviewInput> for NewReview {
    type Error = InvalidInput;

    fn try_from(input: ReviewInput) -> Result<Self, InvalidInput> {
        Self::try_new(input.stars, input.title, input.text)
    }
}
