//! The list of books as a Relay connection.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Enum, Error, InputObject, Object, Result};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::errors::Code;
use graph_serve::paging::Page;

use super::types::{Book, Decimal};
use crate::book::{AUTHOR_MAX, GENRE_MAX, Price};
use crate::store::{BookRow, BookStore, Columns, Cursor, Filter, Order, Range};
use crate::words::{TEXT_MAX, Wanted};

/// A page of books.
pub type BookConnection = Connection<String, Book, Counted, EmptyFields>;

/// What a page knows about the whole list.
pub struct Counted(Filter);

/// What a page knows about the whole list.
#[Object]
impl Counted {
    /// How many books there are on all pages together. It is counted only when asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64> {
        Ok(context.data::<BookStore>()?.count(&self.0).await?)
    }
}

/// Which books are listed: those that fit everything that is given.
#[derive(Default, InputObject)]
pub struct BookFilter {
    /// Books of exactly this genre.
    #[graphql(directive = Constraint::apply(Bounds::up_to(GENRE_MAX)))]
    genre: Option<String>,
    /// Books by exactly this author.
    #[graphql(directive = Constraint::apply(Bounds::up_to(AUTHOR_MAX)))]
    author: Option<String>,
    /// Books in whose title, author or description all of these words are: from 1 to 8 different ones, in any order
    /// and case. A word is a run of letters and digits.
    #[graphql(directive = Constraint::apply(Bounds::up_to(TEXT_MAX)))]
    text: Option<String>,
    /// Books whose title begins so.
    title_starts_with: Option<String>,
    /// Books that cost this or more.
    price_from: Option<Decimal>,
    /// Books that cost this or less.
    price_to: Option<Decimal>,
    /// True: books in stock; false: books that are sold out.
    in_stock: Option<bool>,
}

/// What a list of books is sorted by. Books that are equal in it are sorted by their ISBN.
#[derive(Clone, Copy, Default, Eq, Enum, PartialEq)]
pub enum BookOrder {
    /// By ISBN without its hyphens, from 0 to 9.
    #[default]
    IsbnAsc,
    /// By ISBN without its hyphens, from 9 to 0.
    IsbnDesc,
    /// By title, from A to Z.
    TitleAsc,
    /// By title, from Z to A.
    TitleDesc,
    /// By author, from A to Z.
    AuthorAsc,
    /// By author, from Z to A.
    AuthorDesc,
    /// From the cheapest to the dearest.
    PriceAsc,
    /// From the dearest to the cheapest.
    PriceDesc,
}

impl BookOrder {
    /// The column, and whether the list runs from the highest to the lowest.
    fn parts(self) -> (Order, bool) {
        match self {
            Self::IsbnAsc => (Order::Isbn, false),
            Self::IsbnDesc => (Order::Isbn, true),
            Self::TitleAsc => (Order::Title, false),
            Self::TitleDesc => (Order::Title, true),
            Self::AuthorAsc => (Order::Author, false),
            Self::AuthorDesc => (Order::Author, true),
            Self::PriceAsc => (Order::Price, false),
            Self::PriceDesc => (Order::Price, true),
        }
    }
}

impl TryFrom<BookFilter> for Filter {
    type Error = Error;

    fn try_from(filter: BookFilter) -> Result<Self> {
        let refused = |name: &str, what: &str| Code::BadUserInput.error(format!("filter.{name} {what}"));
        let price = |name: &str, value: Option<Decimal>| {
            value.map(|price| Price::try_new(&price.0).map_err(|what| refused(name, &what))).transpose()
        };
        let text = |text: String| Wanted::try_new(&text).map_err(|what| refused("text", &what));
        Ok(Self {
            genre: filter.genre,
            author: filter.author,
            text: filter.text.map(text).transpose()?,
            title_prefix: filter.title_starts_with,
            price_from: price("priceFrom", filter.price_from)?,
            price_to: price("priceTo", filter.price_to)?,
            in_stock: filter.in_stock,
        })
    }
}

/// Reads one page.
pub(super) async fn page(
    store: &BookStore,
    page: Page,
    filter: Filter,
    order_by: BookOrder,
    columns: Columns,
) -> Result<BookConnection> {
    let (order, descending) = order_by.parts();
    let (after, before) = page.places(|text| Cursor::decode(order, text))?;
    let range = Range { order, descending, after, before, backward: page.backward, rows: page.rows_to_read() };
    let rows = store.list(&filter, &range, columns).await?;
    Ok(page.connection(rows, BookRow::bytes, Counted(filter), |row| Some(Cursor::of(order, row)?.encode())))
}
