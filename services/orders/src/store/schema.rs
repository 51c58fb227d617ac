//! The tables as Diesel knows them.

diesel::table! {
    orders (n) {
        n -> BigInt,
        order_id -> BigInt,
        account -> Text,
        customer_name -> Text,
        customer_email -> Text,
        customer_phone -> Text,
        customer_street -> Text,
        customer_city -> Text,
        customer_type -> Text,
        customer_market -> Text,
        products -> Text,
        total_price -> BigInt,
        local_price -> BigInt,
        currency -> Text,
        payment_method_id -> Nullable<Text>,
        org_number -> Nullable<Text>,
        test_id -> BigInt,
        status -> Text,
        payment_status -> Text,
        delivery_time -> Nullable<Text>,
        reason -> Nullable<Text>,
        created_at -> BigInt,
        changed_at -> BigInt,
        version -> BigInt,
        due_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    order_history (order_id, n) {
        order_id -> BigInt,
        n -> BigInt,
        at -> BigInt,
        entry -> Text,
        status -> Text,
        payment_status -> Text,
        data -> Text,
    }
}

diesel::table! {
    offers (isbn_key) {
        isbn_key -> Text,
        isbn -> Text,
        title -> Text,
        price_cents -> BigInt,
        removed -> Bool,
        event_id -> Text,
    }
}
