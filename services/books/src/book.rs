//! What a book is: its values, each checked once, when it comes in.

use std::ops::RangeInclusive;

use graph_serve::checks::Checks;
use graph_serve::outcome::InvalidInput;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
pub use store::isbn::{ISBN_MAX, ISBN_PATTERN, Isbn};

/// The most characters of a title.
pub const TITLE_MAX: usize = 500;
/// The most characters of an author's name.
pub const AUTHOR_MAX: usize = 300;
/// The most characters of a description.
pub const DESCRIPTION_MAX: usize = 10_000;
/// The most bytes of a description, so that a page of 1,000 books stays below 24 MB whatever is in them.
pub const DESCRIPTION_MAX_BYTES: usize = 20_000;
/// The most characters of a genre.
pub const GENRE_MAX: usize = 100;
/// The prices that there are, in cents.
pub const PRICE_CENTS: RangeInclusive<i64> = 1..=9_999_999_999;
/// How many of a book there can be in stock.
pub const QUANTITY: RangeInclusive<i64> = 0..=0x7FFF_FFFF;

/// A price, exact to the cent.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Price(i64);

impl Price {
    /// The price that a decimal number in the syntax of JSON says.
    ///
    /// # Errors
    /// What it must be, to be read after the field's name.
    pub fn try_new(text: &str) -> Result<Self, String> {
        let decimal = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
        let decimal = decimal.map_err(|_| "must be a number with at most two decimals")?.normalize();
        if decimal.scale() > 2 {
            return Err("must have at most two decimals".to_owned());
        }
        let cents = decimal.checked_mul(Decimal::ONE_HUNDRED).and_then(|cents| cents.to_i64());
        Self::from_cents(cents.unwrap_or(i64::MAX))
    }

    /// The price of so many cents.
    ///
    /// # Errors
    /// What it must be, to be read after the field's name.
    pub fn from_cents(cents: i64) -> Result<Self, String> {
        if PRICE_CENTS.contains(&cents) {
            return Ok(Self(cents));
        }
        Err(format!("must be above 0 and below {}", (PRICE_CENTS.end() + 1) / 100))
    }

    /// The price in cents.
    pub fn cents(self) -> i64 {
        self.0
    }
}

/// A book as it comes in, its texts and numbers not yet checked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The ISBN.
    pub isbn: String,
    /// The title.
    pub title: String,
    /// The author or authors.
    pub author: String,
    /// What the book is about.
    pub description: String,
    /// The genre.
    pub genre: String,
    /// The price, a decimal number.
    pub price: String,
    /// How many are in stock.
    pub quantity: i64,
}

/// A book that may be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBook {
    /// The ISBN.
    pub isbn: Isbn,
    /// The title.
    pub title: String,
    /// The author or authors.
    pub author: String,
    /// What the book is about.
    pub description: String,
    /// The genre.
    pub genre: String,
    /// The price.
    pub price: Price,
    /// How many are in stock, one of [`QUANTITY`].
    pub quantity: i64,
}

impl NewBook {
    /// Checks all the fields of a draft.
    ///
    /// # Errors
    /// All the fields at fault.
    pub fn try_new(draft: Draft) -> Result<Self, InvalidInput> {
        let mut checks = Checks::default();
        let isbn = checks.take("isbn", Isbn::try_new(&draft.isbn));
        let title = checks.text("title", draft.title, TITLE_MAX);
        let author = checks.text("author", draft.author, AUTHOR_MAX);
        let description = checks.text("description", draft.description, DESCRIPTION_MAX);
        let description = description.and_then(|text| checks.take("description", in_bytes(text)));
        let genre = checks.text("genre", draft.genre, GENRE_MAX);
        let price = checks.take("price", Price::try_new(&draft.price));
        let quantity = checks.take("quantity", quantity(draft.quantity));
        let book = (|| {
            Some(Self {
                isbn: isbn?,
                title: title?,
                author: author?,
                description: description?,
                genre: genre?,
                price: price?,
                quantity: quantity?,
            })
        })();
        checks.finish(book)
    }
}

fn in_bytes(description: String) -> Result<String, String> {
    match description.len() {
        0..=DESCRIPTION_MAX_BYTES => Ok(description),
        bytes => Err(format!("must have at most {DESCRIPTION_MAX_BYTES} bytes in UTF-8, it has {bytes}")),
    }
}

fn quantity(quantity: i64) -> Result<i64, String> {
    if QUANTITY.contains(&quantity) {
        return Ok(quantity);
    }
    Err(format!("must be an integer from {} to {}", QUANTITY.start(), QUANTITY.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact() {
        let cents = |text| Price::try_new(text).map(Price::cents);
        for (text, expected) in [
            ("0.01", 1),
            ("12", 1200),
            ("12.5", 1250),
            ("12.340", 1234),
            ("1e2", 10_000),
            ("99999999.99", 9_999_999_999),
        ] {
            assert_eq!(cents(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in [
            "0",
            "0.00",
            "-1",
            "-0.01",
            "12.345",
            "0.001",
            "100000000",
            "99999999.999",
            "1e9",
            "1e400",
            "1e-400",
            "12.3400000000000001",
            "NaN",
            "",
            " 1",
            "1,5",
            "0x10",
        ] {
            assert!(Price::try_new(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn a_description_has_a_limit_in_characters_and_one_in_bytes() {
        let fits = |description: String| {
            let book = Draft {
                isbn: "1".into(),
                title: "t".into(),
                author: "a".into(),
                description,
                genre: "g".into(),
                price: "1".into(),
                quantity: 0,
            };
            NewBook::try_new(book).map_err(|refused| refused.fields[0].message.clone()).err()
        };
        assert_eq!(fits("x".repeat(10_000)), None);
        assert_eq!(fits("🌱".repeat(5_000)), None);
        assert_eq!(fits("x".repeat(10_001)).unwrap(), "must have at most 10000 characters, it has 10001");
        assert_eq!(fits("🌱".repeat(5_001)).unwrap(), "must have at most 20000 bytes in UTF-8, it has 20004");
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let draft = Draft {
            isbn: "x y".into(),
            title: " ".into(),
            author: "a".repeat(AUTHOR_MAX + 1),
            description: String::new(),
            genre: "g".into(),
            price: "-1".into(),
            quantity: -1,
        };
        let refused = NewBook::try_new(draft).unwrap_err();
        let fields: Vec<&str> = refused.fields.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["isbn", "title", "author", "description", "price", "quantity"]);
    }
}
