//! Which columns of a book a query reads.

use diesel::prelude::*;
use graph_serve::paging::json_bytes;
use serde::{Deserialize, Serialize};
use store::Picked;

use super::schema::books;

/// The columns that were asked for; the others are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Columns {
    /// The key that all spellings of an ISBN share.
    pub isbn_key: bool,
    /// The ISBN as written.
    pub isbn: bool,
    /// The title.
    pub title: bool,
    /// The author.
    pub author: bool,
    /// The description.
    pub description: bool,
    /// The genre.
    pub genre: bool,
    /// The price.
    pub price: bool,
    /// The quantity in stock.
    pub quantity: bool,
    /// The version.
    pub version: bool,
}

/// A book as it was read; what was not asked for is missing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Queryable, Serialize)]
pub struct BookRow {
    /// The key that all spellings of an ISBN share.
    pub isbn_key: Option<String>,
    /// The ISBN as written.
    pub isbn: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The genre.
    pub genre: Option<String>,
    /// The price in cents.
    pub price_cents: Option<i64>,
    /// The quantity in stock.
    pub quantity: Option<i64>,
    /// The version.
    pub version: Option<i64>,
}

/// The SELECT list that [`Columns::list`] makes, and [`BookRow`] reads.
pub(super) type SelectList = (
    Picked<books::isbn_key>,
    Picked<books::isbn>,
    Picked<books::title>,
    Picked<books::author>,
    Picked<books::description>,
    Picked<books::genre>,
    Picked<books::price_cents>,
    Picked<books::quantity>,
    Picked<books::version>,
);

impl BookRow {
    /// About how many bytes its texts take up in JSON.
    pub fn bytes(&self) -> usize {
        json_bytes([&self.isbn, &self.title, &self.author, &self.description, &self.genre])
    }
}

impl Columns {
    /// All columns.
    pub const ALL: Self = Self {
        isbn_key: true,
        isbn: true,
        title: true,
        author: true,
        description: true,
        genre: true,
        price: true,
        quantity: true,
        version: true,
    };

    /// The columns behind the fields of the graph that `selected` names.
    pub fn behind(selected: impl Fn(&str) -> bool) -> Self {
        Self {
            isbn_key: false,
            isbn: selected("isbn"),
            title: selected("title"),
            author: selected("author"),
            description: selected("description"),
            genre: selected("genre"),
            price: selected("price"),
            quantity: selected("quantity"),
            version: selected("version"),
        }
    }

    /// Tells this choice of columns from every other.
    pub(super) fn bits(self) -> u64 {
        let Self { isbn_key, isbn, title, author, description, genre, price, quantity, version } = self;
        let all = [isbn_key, isbn, title, author, description, genre, price, quantity, version];
        all.into_iter().fold(0, |bits, picked| bits << 1 | u64::from(picked))
    }

    pub(super) fn list(self) -> SelectList {
        (
            Picked(books::isbn_key, self.isbn_key),
            Picked(books::isbn, self.isbn),
            Picked(books::title, self.title),
            Picked(books::author, self.author),
            Picked(books::description, self.description),
            Picked(books::genre, self.genre),
            Picked(books::price_cents, self.price),
            Picked(books::quantity, self.quantity),
            Picked(books::version, self.version),
        )
    }
}
