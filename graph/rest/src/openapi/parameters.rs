//! The parameters of requests, and the headers of answers.

use serde_json::{Value, json};

use super::schema::{id, isbn, user_id};
use crate::query::{AUTHOR_MAX, GENRE_MAX, LIMIT_MAX, TEXT_MAX};

/// What is said of the words that are looked for.
const TEXT: &str = "Only books in whose title, author or description all of these words are: from 1 to 8 different ones, in \
    any order and case. A word is a run of letters and digits.";
/// An entity tag of ours.
const ETAG: &str = "^\"[0-9a-z-]+\"$";
/// An idempotency key, bare or in quotes.
const KEY: &str = r#"^([!#-~]{1,255}|"[!#-\[\]-~]{1,255}")$"#;

/// All parameters, by the names under which operations refer to them.
pub(crate) fn all(types: &[&str]) -> Value {
    json!({
        "ClientType": {
            "name": "X-Client-Type",
            "in": "header",
            "required": true,
            "description": "The client, in any case.",
            "schema": { "type": "string", "enum": types, "default": types.first() },
        },
        "Isbn": keyed("ISBN", "path", "The ISBN; hyphens and case do not matter.", isbn()),
        "Id": keyed("id", "path", "The number of the customer.", id()),
        "UserId": keyed("userId", "query", "The e-mail address of the customer; case does not matter.", user_id()),
        "Limit": {
            "name": "limit",
            "in": "query",
            "allowEmptyValue": true,
            "description": "How many books a page has at most; all books come at once without it.",
            "schema": { "type": "integer", "format": "int32", "minimum": 1, "maximum": LIMIT_MAX },
        },
        "After": {
            "name": "after",
            "in": "query",
            "allowEmptyValue": true,
            "description": "The ISBN behind which the page begins; the list begins at its start without it.",
            "schema": { "type": "string", "maxLength": 20, "pattern": "^(-*[0-9Xx][0-9Xx-]*)?$" },
        },
        "Genre": filter("genre", "Only books of exactly this genre.", GENRE_MAX),
        "Author": filter("author", "Only books by exactly this author.", AUTHOR_MAX),
        "Text": filter("text", TEXT, TEXT_MAX),
        "IfNoneMatch": condition("If-None-Match", "The `ETag` of what is known already: 304 when it still holds."),
        "IfMatch": condition("If-Match", "The `ETag` of what is to be changed: 412 when it no longer holds."),
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "A key of the client's own, such as a UUID: sent again with it, the request gets the first \
                answer again.",
            "schema": { "type": "string", "pattern": KEY, "maxLength": 257, "examples": ["8e03978e-40d5-43dd"] },
        },
    })
}

fn filter(name: &str, about: &str, most: usize) -> Value {
    let schema = json!({ "type": "string", "maxLength": most, "pattern": r"^[\s\S]*$" });
    json!({ "name": name, "in": "query", "allowEmptyValue": true, "description": about, "schema": schema })
}

fn condition(name: &str, about: &str) -> Value {
    let tag = json!({ "type": "string", "pattern": "^\"[!#-~]{1,120}\"$", "maxLength": 122 });
    let schema = json!({ "anyOf": [tag, { "const": "*" }] });
    json!({ "name": name, "in": "header", "description": about, "schema": schema })
}

fn keyed(name: &str, place: &str, about: &str, schema: Value) -> Value {
    json!({ "name": name, "in": place, "required": true, "description": about, "schema": schema })
}

/// All headers of answers.
pub(crate) fn answer_headers() -> Value {
    json!({
        "Access-Control-Allow-Origin": optional("The site that may read the answer, when it is one of those let in.", r"^\S+$"),
        "Cache-Control": optional("What a cache may do with the answer.", r"^\S.*$"),
        "Content-Location": {
            "description": "Where what is in the body is.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference", "maxLength": 2048 },
        },
        "ETag": {
            "description": "The state of what is in the body, for `If-None-Match` and `If-Match`.",
            "required": true,
            "schema": { "type": "string", "pattern": ETAG, "maxLength": 128 },
        },
        "PageTag": optional("The state of a page; the list as a whole has none.", ETAG),
        "Link": optional("The next page, unless this is the last one (RFC 8288).", "^<[^>]+>; rel=\"next\"$"),
        "Location": {
            "description": "Where the new thing is.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference", "maxLength": 2048 },
        },
        "RateLimit": optional("What is left of the quota, when there is one.", r"^\S.*$"),
        "RateLimit-Policy": optional("The quota itself.", r"^\S.*$"),
        "X-Request-Id": {
            "description": "The id of the request, in the log too.",
            "required": true,
            "schema": { "type": "string", "pattern": "^[0-9A-Za-z._-]{1,64}$", "maxLength": 64 },
        },
        "Retry-After": {
            "description": "When to try again, in seconds.",
            "required": true,
            "schema": { "type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400 },
        },
        "WWW-Authenticate": {
            "description": "What is wanted: a bearer token.",
            "required": true,
            "schema": { "type": "string", "const": "Bearer" },
        },
    })
}

fn optional(about: &str, pattern: &str) -> Value {
    json!({ "description": about, "schema": { "type": "string", "pattern": pattern, "maxLength": 2048 } })
}

/// The headers that any answer can have.
const ALWAYS: &[&str] =
    &["X-Request-Id", "Access-Control-Allow-Origin", "Cache-Control", "RateLimit", "RateLimit-Policy"];

/// References to the headers that any answer has and to those in `names`.
pub(crate) fn headers(names: &[&str]) -> Value {
    let all = ALWAYS.iter().chain(names);
    let on_wire = |name: &str| if name == "PageTag" { "ETag".to_owned() } else { name.to_owned() };
    all.map(|name| (on_wire(name), json!({ "$ref": format!("#/components/headers/{name}") }))).collect()
}
