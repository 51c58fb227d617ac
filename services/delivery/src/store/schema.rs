//! The tables as Diesel knows them.

diesel::table! {
    deliveries (order_id) {
        order_id -> BigInt,
        account -> Text,
        name -> Text,
        email -> Text,
        phone -> Text,
        street -> Text,
        city -> Text,
        state -> Text,
        delivery_time -> Nullable<BigInt>,
    }
}

diesel::table! {
    delivery_times (city, at) {
        city -> Text,
        at -> BigInt,
        booked -> BigInt,
    }
}
