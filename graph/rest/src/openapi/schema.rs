//! JSON Schemas of the fields of books and customers, from which each client makes its own.
//!
//! The bounds are those of the services; a test sends values on both sides of them.

use graph_host::problem::Code;
use serde_json::{Map, Value, json};

/// A text of which something is seen (ECMA-262): `\s` and what only Unicode calls a space.
const NOT_BLANK: &str = r"[^\s\u0085]";
/// The codes that a customer's `state` can have (USPS Publication 28, appendix B).
const STATES: &[&str] = &[
    "AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI", "IA", "ID", "IL", "IN", "KS",
    "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY",
    "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY",
];

/// An object of exactly these fields, all of them there but for those in `optional`.
pub fn object<N: Into<String>>(about: &str, fields: impl IntoIterator<Item = (N, Value)>, optional: &[&str]) -> Value {
    let fields: Map<String, Value> = fields.into_iter().map(|(name, schema)| (name.into(), schema)).collect();
    let required: Vec<&String> = fields.keys().filter(|name| !optional.contains(&name.as_str())).collect();
    json!({
        "type": "object",
        "description": about,
        "required": required,
        "properties": fields,
        "additionalProperties": false,
    })
}

/// A book whose genre is as `genre` says.
pub fn book(about: &str, genre: Value) -> Value {
    let fields = [
        ("ISBN", isbn()),
        ("title", text("The title.", 500, "The Wealth of Nations")),
        ("Author", text("The author or authors.", 300, "Adam Smith")),
        (
            "description",
            text("What the book is about, in up to 20,000 bytes (UTF-8).", 10_000, "On what makes a country rich."),
        ),
        ("genre", genre),
        ("price", price()),
        ("quantity", quantity()),
    ];
    object(about, fields, &[])
}

/// A customer in an answer, with these of its fields.
pub fn customer(about: &str, names: &[&str]) -> Value {
    let fields = customer_fields().into_iter().filter(|(name, _)| names.contains(name));
    object(about, fields, &[])
}

/// A customer in a body: all clients write an address.
pub fn new_customer(about: &str) -> Value {
    let mut fields = customer_fields();
    fields[0].1 = id_again();
    object(about, fields, &["id", "address2"])
}

fn customer_fields() -> [(&'static str, Value); 9] {
    [
        ("id", id()),
        ("userId", user_id()),
        ("name", text("The name.", 200, "Marisol Quintanar")),
        ("phone", text("The phone number.", 50, "+1-412-555-0101")),
        ("address", text("The first line of the address.", 200, "48 Sycamore Row")),
        ("address2", second_line()),
        ("city", text("The city.", 100, "Pittsburgh")),
        ("state", json!({ "type": "string", "description": "The US state or territory.", "enum": STATES })),
        ("zipcode", text("The ZIP code.", 20, "15213")),
    ]
}

/// A text that is not blank.
pub fn text(about: &str, most: u32, example: &str) -> Value {
    json!({
        "type": "string",
        "description": about,
        "minLength": 1,
        "maxLength": most,
        "pattern": NOT_BLANK,
        "examples": [example],
    })
}

/// An ISBN, as it was written.
pub(crate) fn isbn() -> Value {
    json!({
        "type": "string",
        "description": "The ISBN. Hyphens and case do not make another book.",
        "minLength": 1,
        "maxLength": 20,
        "pattern": "^-*[0-9Xx][0-9Xx-]*$",
        "examples": ["979-5-9000-0001-4"],
    })
}

/// The number of a customer.
pub(crate) fn id() -> Value {
    json!({
        "type": "integer",
        "format": "int64",
        "description": "The number that the bookstore gave the customer.",
        "minimum": 1,
        "maximum": i64::MAX,
        "examples": [1],
    })
}

/// The number of a customer in a body, where it need not be.
fn id_again() -> Value {
    let mut schema = id();
    schema["type"] = json!(["integer", "null"]);
    schema["description"] = json!("The number of the customer, as it came: PUT wants that of the path.");
    schema
}

/// The e-mail address of a customer.
pub(crate) fn user_id() -> Value {
    json!({
        "type": "string",
        "format": "email",
        "description": "The e-mail address. Case does not make another customer.",
        "maxLength": 254,
        "examples": ["marisol@example.com"],
    })
}

fn second_line() -> Value {
    json!({
        "type": ["string", "null"],
        "description": "The second line of the address, if there is one.",
        "maxLength": 200,
        "examples": ["Apartment 2"],
    })
}

fn price() -> Value {
    json!({
        "type": "number",
        "description": "The price, exact to the cent.",
        "minimum": 0.01,
        "maximum": 99_999_999.99,
        "multipleOf": 0.01,
        "examples": [19.25],
    })
}

fn quantity() -> Value {
    json!({
        "type": "integer",
        "format": "int32",
        "description": "How many are in stock.",
        "minimum": 0,
        "maximum": i32::MAX,
        "examples": [3],
    })
}

/// An error answer.
pub(crate) fn problem() -> Value {
    let sentence =
        |about: &str| json!({ "type": "string", "description": about, "maxLength": 4096, "pattern": NOT_BLANK });
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "detail", "message", "code", "requestId"],
        "additionalProperties": false,
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "description": "The kind of problem.",
                "maxLength": 2048,
            },
            "title": sentence("The name of the status."),
            "status": { "type": "integer", "format": "int32", "minimum": 400, "maximum": 599 },
            "detail": sentence("The same as `message`."),
            "message": sentence("One sentence for people; for 400 it names the fields at fault."),
            "code": { "type": "string", "description": "What apps decide by.", "enum": Code::ALL.as_slice() },
            "requestId": sentence("The id of the request, in the log too."),
            "errors": { "type": "array", "description": "The places at fault.", "maxItems": 64, "items": fault() },
        },
    })
}

/// One place at fault in a problem.
fn fault() -> Value {
    let name =
        |about: &str| json!({ "type": "string", "description": about, "maxLength": 256, "pattern": r"^[\s\S]*$" });
    let place = |one: &str| json!({ "required": [one] });
    json!({
        "type": "object",
        "required": ["message"],
        "properties": {
            "message": { "type": "string", "maxLength": 4096, "pattern": NOT_BLANK },
            "pointer": name("A JSON pointer into the body (RFC 6901)."),
            "parameter": name("The name of a parameter of the path or the query string."),
            "header": name("The name of a header."),
        },
        "additionalProperties": false,
        "oneOf": [place("pointer"), place("parameter"), place("header")],
    })
}
