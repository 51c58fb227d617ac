//! The table as Diesel knows it.

diesel::table! {
    books (isbn_key) {
        isbn_key -> Text,
        isbn -> Text,
        title -> Text,
        author -> Text,
        description -> Text,
        genre -> Text,
        price_cents -> BigInt,
        quantity -> BigInt,
        version -> BigInt,
    }
}
