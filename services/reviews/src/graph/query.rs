//! Reading reviews.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result};
use graph_serve::constraint::Constraint;
use graph_serve::paging::{Page, check_keys, page_size};
use graph_serve::select::Selected;
use store::isbn::{self, Isbn};

use super::list::{self, ReviewConnection, ReviewOrder};
use super::types::Book;
use crate::store::{Rating, ReviewStore};

/// What people think of books.
pub struct Query;

/// What people think of books.
#[Object]
impl Query {
    /// The reviews of a book, page by page. Pages are told apart by the last review of the page before, so reviews that
    /// come and go meanwhile are neither skipped nor repeated.
    #[allow(clippy::too_many_arguments, reason = "a connection has as many")]
    async fn reviews(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN of the book; hyphens and case do not matter.", directive = Constraint::apply(isbn::bounds()))]
        isbn: String,
        #[graphql(desc = "The first so many reviews; 50 when neither first nor last is given.", directive = Constraint::apply(page_size()))]
        first: Option<i32>,
        #[graphql(desc = "Only reviews after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many reviews.", directive = Constraint::apply(page_size()))] last: Option<i32>,
        #[graphql(desc = "Only reviews before this cursor.")] before: Option<String>,
        #[graphql(desc = "What they are sorted by; the newest first when it is not given.")] order_by: Option<
            ReviewOrder,
        >,
    ) -> Result<ReviewConnection> {
        list::page(context, &isbn, Page::try_new(first, after, last, before)?, order_by).await
    }

    /// The books with these ISBNs, as far as their reviews go, in the order asked for. Their ratings are read by one
    /// statement.
    async fn reviewed_books(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 ISBNs; hyphens and case do not matter.", directive = Constraint::apply(isbn::bounds()))]
        isbns: Vec<String>,
    ) -> Result<Vec<Option<Book>>> {
        check_keys("isbns", &isbns)?;
        books(context, &isbns).await
    }
}

/// The books with these ISBNs, in this order, null for what is none; their ratings by one statement, if asked for.
pub(super) async fn books(context: &Context<'_>, isbns: &[String]) -> Result<Vec<Option<Book>>> {
    let selected = Selected::on_object(context);
    let rated = selected.has("rating") || selected.has("ratings");
    let known: Vec<Isbn> = isbns.iter().filter(|_| rated).filter_map(|isbn| Isbn::try_new(isbn).ok()).collect();
    let ratings: HashMap<_, _> = context.data::<ReviewStore>()?.ratings(&known).await?.into_iter().collect();
    let found = isbns.iter().map(|isbn| {
        let Rating(rating, ratings) = ratings.get(Isbn::try_new(isbn).ok()?.key()).copied().unwrap_or_default();
        Some(Book { isbn: isbn.clone(), rating, ratings })
    });
    Ok(found.collect())
}
