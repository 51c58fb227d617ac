//! The table as Diesel knows it.

diesel::table! {
    customers (id) {
        id -> BigInt,
        user_key -> Text,
        user_id -> Text,
        name -> Text,
        phone -> Text,
        address -> Text,
        address2 -> Nullable<Text>,
        city -> Text,
        state -> Text,
        zipcode -> Text,
        version -> BigInt,
    }
}
