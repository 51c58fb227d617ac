//! The tables as Diesel knows them.

diesel::table! {
    payments (order_id) {
        order_id -> BigInt,
        amount -> BigInt,
        currency -> Text,
        method -> Nullable<Text>,
        state -> Text,
        ended -> Bool,
        provider_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        attempts -> BigInt,
        first_asked_at -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        traceparent -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    ledger (n) {
        n -> BigInt,
        at -> BigInt,
        order_id -> BigInt,
        kind -> Text,
        account -> Text,
        cents -> BigInt,
        currency -> Text,
    }
}

diesel::table! {
    sandbox_intents (id) {
        id -> Text,
        idempotency_key -> Text,
        amount -> BigInt,
        currency -> Text,
        method -> Text,
        status -> Text,
        refunded -> Bool,
    }
}
