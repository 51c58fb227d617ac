//! The table as Diesel knows it.

diesel::table! {
    reviews (id) {
        id -> BigInt,
        isbn_key -> Text,
        author -> Text,
        stars -> Integer,
        title -> Text,
        text -> Text,
        excerpt -> Text,
        verified -> Bool,
        created_at -> BigInt,
        version -> BigInt,
    }
}
