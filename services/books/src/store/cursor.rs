//! Keyset cursors of the list of books.

use data_encoding::BASE64URL_NOPAD;

use super::columns::BookRow;
use super::list::Order;
use crate::book::Isbn;

/// A place in the list: right behind one book, whether or not that book is still there.
#[derive(Clone, Debug, PartialEq)]
pub enum Cursor {
    /// In the list by ISBN.
    Isbn(String),
    /// In the list by title or author: the order, that text, and the ISBN.
    Text(Order, String, String),
    /// In the list by price: cents, and the ISBN.
    Price(i64, String),
}

impl Cursor {
    /// The cursor of a book in a list sorted by `order`; nothing when its columns were not read.
    pub fn of(order: Order, book: &BookRow) -> Option<Self> {
        let key = book.isbn_key.clone()?;
        Some(match order {
            Order::Isbn => Self::Isbn(key),
            Order::Title => Self::Text(order, book.title.clone()?, key),
            Order::Author => Self::Text(order, book.author.clone()?, key),
            Order::Price => Self::Price(book.price_cents?, key),
        })
    }

    /// The cursor as clients see it: opaque, except that the list by ISBN is continued by an ISBN.
    pub fn encode(&self) -> String {
        let values = match self {
            Self::Isbn(key) => return key.clone(),
            Self::Text(order, text, key) => serde_json::json!([order, text, key]),
            Self::Price(cents, key) => serde_json::json!([Order::Price, cents, key]),
        };
        BASE64URL_NOPAD.encode(values.to_string().as_bytes())
    }

    /// The place that a cursor of a list sorted by `order` means; nothing when it is not one.
    pub fn decode(order: Order, text: &str) -> Option<Self> {
        if order == Order::Isbn {
            return Isbn::try_new(text).ok().map(|isbn| Self::Isbn(isbn.key().to_owned()));
        }
        let json = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (made_for, key): (Order, String);
        let cursor = if order == Order::Price {
            let cents: i64;
            (made_for, cents, key) = serde_json::from_slice(&json).ok()?;
            Self::Price(cents, key)
        } else {
            let text: String;
            (made_for, text, key) = serde_json::from_slice(&json).ok()?;
            Self::Text(order, text, key)
        };
        (made_for == order).then_some(cursor)
    }
}
