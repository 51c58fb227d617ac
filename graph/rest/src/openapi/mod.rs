//! The OpenAPI document of a BFF: what both have in common, around the schemas of its client.
//!
//! It is written by the code and committed beside the BFF; tests hold it to the routes, to the fields that
//! bodies are read for, to the GraphQL documents and to real answers.

mod operations;
mod parameters;
mod problems;
pub mod schema;

use serde_json::{Value, json};

use crate::client::Client;

/// Where the document is served.
pub(crate) const PATH: &str = "/openapi.json";

/// How a client sees books and customers, and how it writes them: JSON Schemas (2020-12).
pub struct Schemas {
    /// A book in an answer.
    pub book: Value,
    /// A book in a body.
    pub new_book: Value,
    /// A customer in an answer.
    pub customer: Value,
    /// A customer in a body.
    pub new_customer: Value,
}

/// The OpenAPI 3.1 document of a client's BFF, as text.
pub fn document(client: &Client) -> String {
    format!("{:#}\n", tree(client))
}

fn tree(client: &Client) -> Value {
    json!({
        "openapi": "3.1.1",
        "info": info(client),
        "servers": [{ "url": "/", "description": "Production, or wherever this document is served", "x-internal": false }],
        "security": [{ "token": [] }],
        "tags": [
            { "name": "books", "description": "The catalogue." },
            { "name": "customers", "description": "Those who buy." },
            { "name": "process", "description": "The BFF itself." },
        ],
        "paths": operations::paths(),
        "components": components(client),
    })
}

fn info(client: &Client) -> Value {
    json!({
        "title": format!("Bookstore for {}", client.types.join(" and ")),
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Books and customers, as this client sees them.",
        "description": "Every error is a problem (RFC 9457) with a `message` for people. \
            `bookstore token` prints a token to try the calls with.",
        "contact": { "name": "The bookstore" },
        "license": { "name": "MIT", "identifier": "MIT" },
    })
}

fn components(client: &Client) -> Value {
    let Schemas { book, new_book, customer, new_customer } = (client.schemas)();
    json!({
        "schemas": {
            "Book": book,
            "NewBook": new_book,
            "Customer": customer,
            "NewCustomer": new_customer,
            "Problem": schema::problem(),
        },
        "parameters": parameters::all(client.types),
        "headers": parameters::answer_headers(),
        "responses": problems::all(),
        "securitySchemes": { "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A JWT (RFC7519, used as RFC8725 asks) that is signed with HS256, not yet expired, \
                and of a known issuer and subject.",
        } },
    })
}
