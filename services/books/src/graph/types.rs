//! What a book looks like in the graph.

use async_graphql::{ID, InputObject, InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::row::{Json, ToJson};
use store::Version;

use super::bounds;
use crate::book::{AUTHOR_MAX, DESCRIPTION_MAX, Draft, GENRE_MAX, TITLE_MAX};
use crate::store::BookRow;

graph_serve::row! {
    /// A book of the catalogue.
    "Book" Book = BookFields(BookRow) {
        /// The ISBN, as it was written when the book came in.
        #[graphql(directive = Constraint::apply(bounds::isbn()))]
        isbn: &str = |row| row.isbn.as_deref(),
        /// The title.
        #[graphql(directive = Constraint::apply(Bounds::text(TITLE_MAX)))]
        title: &str = |row| row.title.as_deref(),
        /// The author, or the authors as one text.
        #[graphql(directive = Constraint::apply(Bounds::text(AUTHOR_MAX)))]
        author: &str = |row| row.author.as_deref(),
        /// What the book is about.
        #[graphql(directive = Constraint::apply(Bounds::text(DESCRIPTION_MAX)))]
        description: &str = |row| row.description.as_deref(),
        /// The genre, such as "fiction" or "non-fiction".
        #[graphql(directive = Constraint::apply(Bounds::text(GENRE_MAX)))]
        genre: &str = |row| row.genre.as_deref(),
        /// The price, exact to the cent.
        #[graphql(directive = Constraint::apply(bounds::price()))]
        price: Decimal = |row| row.price_cents.map(Decimal::from_cents),
        /// The version: an opaque text that is another one after every change, for `ifVersion` of a mutation.
        version: ID = |row| row.version.map(Version::id),
        /// How many are in stock.
        #[graphql(directive = Constraint::apply(bounds::quantity()))]
        quantity: i32 = |row| row.quantity.and_then(|quantity| i32::try_from(quantity).ok()),
    }
}

/// A decimal number, exact. It is given as a JSON number; it is taken as a number, or as a text when the
/// client's numbers are not exact: `12.34` or `"12.34"`.
#[derive(Clone, Debug)]
pub struct Decimal(pub String);

impl ToJson for Decimal {
    fn to_json(&self, json: &mut Json) {
        json.json(&self.0);
    }
}

impl Decimal {
    /// The shortest text of a price, as JSON has it.
    fn from_cents(cents: i64) -> Self {
        match (cents / 100, cents % 100) {
            (whole, 0) => Self(whole.to_string()),
            (whole, rest) if rest % 10 == 0 => Self(format!("{whole}.{}", rest / 10)),
            (whole, rest) => Self(format!("{whole}.{rest:02}")),
        }
    }
}

/// A decimal number, exact. It is given as a JSON number; it is taken as a number, or as a text when the
/// client's numbers are not exact: `12.34` or `"12.34"`.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        // The text is a JSON number. Up to 15 significant digits come through a double as they went in
        // (IEEE 754); a price has ten.
        serde_json::from_str::<Number>(&self.0).map_or(Value::Null, Value::Number)
    }
}

/// What a book shall be: all of it, since an update replaces the whole book.
#[derive(InputObject)]
pub struct BookInput {
    /// The ISBN: digits, hyphens and `X`.
    #[graphql(directive = Constraint::apply(bounds::isbn()))]
    isbn: String,
    /// The title.
    #[graphql(directive = Constraint::apply(Bounds::text(TITLE_MAX)))]
    title: String,
    /// The author, or the authors as one text.
    #[graphql(directive = Constraint::apply(Bounds::text(AUTHOR_MAX)))]
    author: String,
    /// What the book is about, in up to 20,000 bytes (UTF-8).
    #[graphql(directive = Constraint::apply(Bounds::text(DESCRIPTION_MAX)))]
    description: String,
    /// The genre, such as "fiction" or "non-fiction".
    #[graphql(directive = Constraint::apply(Bounds::text(GENRE_MAX)))]
    genre: String,
    /// The price, with at most two decimals.
    #[graphql(directive = Constraint::apply(bounds::price()))]
    price: Decimal,
    /// How many are in stock.
    #[graphql(directive = Constraint::apply(bounds::quantity()))]
    quantity: i32,
}

impl From<BookInput> for Draft {
    fn from(input: BookInput) -> Self {
        Self {
            isbn: input.isbn,
            title: input.title,
            author: input.author,
            description: input.description,
            genre: input.genre,
            price: input.price.0,
            quantity: i64::from(input.quantity),
        }
    }
}
