//! The reviews of a book as a Relay connection.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Enum, Result};
use graph_serve::errors::Code;
use graph_serve::paging::Page;
use graph_serve::select::Selected;
use store::isbn::Isbn;

use super::types::Review;
use crate::store::{Columns, Place, Range, ReviewRow, ReviewStore};

/// A page of reviews.
pub type ReviewConnection = Connection<String, Review, EmptyFields, EmptyFields>;

/// What the reviews of a book are sorted by.
#[derive(Clone, Copy, Default, Eq, Enum, PartialEq)]
pub enum ReviewOrder {
    /// The latest first.
    #[default]
    Newest,
    /// Those of buyers first, and the latest of them.
    Helpful,
}

/// The ISBN that an argument is.
pub(super) fn book(isbn: &str) -> Result<Isbn> {
    Isbn::try_new(isbn).map_err(|what| Code::BadUserInput.error(format!("isbn {what}.")))
}

/// Reads one page.
pub(super) async fn page(
    context: &Context<'_>,
    isbn: &str,
    page: Page,
    order: Option<ReviewOrder>,
) -> Result<ReviewConnection> {
    let selected = Selected::on_connection(context);
    let columns = Columns::behind(|field| selected.has(field));
    let (after, before) = page.places(place)?;
    let buyers_first = order.unwrap_or_default() == ReviewOrder::Helpful;
    let range = Range { buyers_first, after, before, backward: page.backward, rows: page.rows_to_read() };
    let rows = context.data::<ReviewStore>()?.list(&book(isbn)?, range, columns).await?;
    let cursor = |row: &ReviewRow| Some(format!("{}-{}", u8::from(row.verified?), row.id?));
    Ok(page.connection(rows, ReviewRow::bytes, EmptyFields, cursor))
}

/// The place that a cursor says: `1` for the review of a buyer, else `0`, and its number.
fn place(cursor: &str) -> Option<Place> {
    let (verified, id) = cursor.split_once('-')?;
    Some(Place(["0", "1"].iter().position(|one| *one == verified)? == 1, id.parse().ok()?))
}
