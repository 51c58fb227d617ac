//! The tables as Diesel knows them.

diesel::table! {
    accounts (id) {
        id -> Text,
        email_key -> Text,
        email -> Text,
        name -> Text,
        role -> Text,
        password -> Nullable<Text>,
        email_verified -> Bool,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        account -> Text,
        created_at -> BigInt,
        used_at -> BigInt,
        ends_at -> BigInt,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Text,
        session -> Text,
        used -> Bool,
        expires_at -> BigInt,
    }
}

diesel::table! {
    ended_sessions (id) {
        id -> Text,
        ended_at_ms -> BigInt,
    }
}

diesel::table! {
    password_resets (hash) {
        hash -> Text,
        account -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    attempts (id) {
        id -> Text,
        full_at_ms -> BigInt,
    }
}

diesel::table! {
    known_addresses (id) {
        id -> Text,
        account -> Text,
        used_at -> BigInt,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        private -> Text,
        signs_from -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(accounts, sessions, refresh_tokens, password_resets);
