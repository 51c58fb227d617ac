//! The bounds of a book's values, as the graph tells them. The numbers are those that the values are held to.

use graph_serve::constraint::Bounds;
pub(super) use store::isbn::bounds as isbn;

use crate::book::{PRICE_CENTS, QUANTITY};

/// A price.
pub(super) fn price() -> Bounds {
    // A double has 15 digits (IEEE 754), of which a price takes ten.
    let decimal = |cents: &i64| *cents as f64 / 100.0;
    Bounds::range(decimal(PRICE_CENTS.start()), decimal(PRICE_CENTS.end()))
}

/// How many are in stock.
pub(super) fn quantity() -> Bounds {
    Bounds::range(*QUANTITY.start(), *QUANTITY.end())
}
