//! What the mobile apps see and write, as JSON Schemas.

use graph_rest::openapi::{Schemas, schema};
use serde_json::{Value, json};

use crate::views::GENRE_CODES;

/// What the apps see of a customer.
const CUSTOMER: [&str; 4] = ["id", "userId", "name", "phone"];

pub(crate) fn schemas() -> Schemas {
    Schemas {
        book: schema::book("A book.", genre_seen()),
        new_book: schema::book("A book, as it is to be.", genre_written()),
        customer: schema::customer("A customer, without an address.", &CUSTOMER),
        new_customer: schema::new_customer("A customer, as it is to be."),
    }
}

/// A genre in an answer: its code when it has one, and never its name then.
fn genre_seen() -> Value {
    let name = schema::text("The name of a genre that has no code.", 100, "fiction");
    json!({
        "description": "The genre.",
        "anyOf": [codes(), name],
        "not": { "enum": GENRE_CODES.map(|(name, _)| name) },
    })
}

/// A genre in a body: its code or its name.
fn genre_written() -> Value {
    json!({ "description": "The genre.", "anyOf": [codes(), schema::text("The name of a genre.", 100, "fiction")] })
}

fn codes() -> Value {
    let known = GENRE_CODES.map(|(name, code)| format!("`{code}` is {name}."));
    let codes = GENRE_CODES.map(|(_, code)| code);
    json!({ "type": "string", "description": known.join(" "), "enum": codes, "examples": codes })
}
