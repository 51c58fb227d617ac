//! The tables as Diesel knows them.

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
        seller -> Nullable<Text>,
    }
}

diesel::table! {
    book_words (word, isbn_key) {
        word -> Text,
        isbn_key -> Text,
    }
}

diesel::table! {
    book_words_due (id) {
        id -> BigInt,
        behind -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(books, book_words);

diesel::table! {
    book_orders (order_id) {
        order_id -> BigInt,
        state -> Text,
        products -> Text,
    }
}

diesel::table! {
    books_to_tell (id) {
        id -> BigInt,
        behind -> Text,
    }
}
