//! The tables as Diesel knows them; each service has them in its own database.
#![allow(missing_docs, reason = "generated")]

diesel::table! {
    outbox (n) {
        n -> BigInt,
        target -> Text,
        id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        body -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    inbox (id) {
        id -> Text,
        received_at -> BigInt,
    }
}

diesel::table! {
    inbox_waiting (n) {
        n -> BigInt,
        id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        subject -> Text,
        body -> Text,
        error -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        parked -> Bool,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        ends_at -> BigInt,
    }
}
