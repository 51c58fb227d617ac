//! Reading books.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result};
use graph_serve::constraint::Constraint;
use graph_serve::paging::{Page, check_keys, page_size};
use graph_serve::select::Selected;

use super::bounds;
use super::list::{self, BookConnection, BookFilter, BookOrder};
use super::types::Book;
use crate::book::Isbn;
use crate::store::{BookStore, Columns};

/// Reading the catalogue.
pub struct Query;

/// Reading the catalogue.
#[Object]
impl Query {
    /// The book with this ISBN, in whatever spelling; null when there is none.
    async fn book(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ISBN; hyphens and case do not matter.", directive = Constraint::apply(bounds::isbn()))]
        isbn: String,
    ) -> Result<Option<Book>> {
        let Ok(isbn) = Isbn::try_new(&isbn) else { return Ok(None) };
        let selected = Selected::on_object(context);
        let columns = Columns::behind(|field| selected.has(field));
        Ok(context.data::<BookStore>()?.find(&isbn, columns).await?.map(Book::from))
    }

    /// The books with these ISBNs, in the order asked for, null for each that is not there. By one statement.
    async fn books_by_isbn(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 ISBNs; hyphens and case do not matter.", directive = Constraint::apply(bounds::isbn()))]
        isbns: Vec<String>,
    ) -> Result<Vec<Option<Book>>> {
        check_keys("isbns", &isbns)?;
        by_isbn(context, &isbns).await
    }

    /// The catalogue, page by page. Pages are told apart by the last book of the page before, so books that
    /// come and go meanwhile are neither skipped nor repeated.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn books(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first so many books; 50 when neither first nor last is given.", directive = Constraint::apply(page_size()))]
        first: Option<i32>,
        #[graphql(desc = "Only books after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many books.", directive = Constraint::apply(page_size()))] last: Option<i32>,
        #[graphql(desc = "Only books before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only books that fit all of this.")] filter: Option<BookFilter>,
        #[graphql(desc = "What the books are sorted by; their ISBN when it is not given.")] order_by: Option<BookOrder>,
    ) -> Result<BookConnection> {
        let page = Page::try_new(first, after, last, before)?;
        let filter = filter.unwrap_or_default().try_into()?;
        let selected = Selected::on_connection(context);
        let columns = Columns::behind(|field| selected.has(field));
        list::page(context.data::<BookStore>()?, page, filter, order_by.unwrap_or_default(), columns).await
    }
}

/// The books with these ISBNs, in this order, by one statement.
pub(super) async fn by_isbn(context: &Context<'_>, isbns: &[String]) -> Result<Vec<Option<Book>>> {
    let selected = Selected::on_object(context);
    let columns = Columns::behind(|field| selected.has(field));
    let isbns: Vec<Option<Isbn>> = isbns.iter().map(|isbn| Isbn::try_new(isbn).ok()).collect();
    let known: Vec<Isbn> = isbns.iter().flatten().cloned().collect();
    let rows = context.data::<BookStore>()?.find_all(&known, columns).await?;
    let rows: HashMap<_, _> = rows.into_iter().filter_map(|row| Some((row.isbn_key.clone()?, row))).collect();
    let found = |isbn: &Option<Isbn>| rows.get(isbn.as_ref()?.key()).cloned().map(Book::from);
    Ok(isbns.iter().map(found).collect())
}
