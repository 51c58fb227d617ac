//! The parameters of requests, and the headers of answers.

use serde_json::{Value, json};

use super::schema::{ANY, plain, written};
use crate::field::Kind;
use crate::operation::{AFTER, LIMIT, Parameter};
use crate::query::LIMIT_MAX;

/// An entity tag of ours.
const ETAG: &str = "^\"[0-9a-z-]+\"$";
/// An idempotency key, bare or in quotes.
const KEY: &str = r#"^([!#-~]{1,255}|"[!#-\[\]-~]{1,255}")$"#;
/// The longest cursor, in characters.
const CURSOR_MAX: usize = 1024;

/// The parameters that requests of all kinds have, by the names under which operations refer to them.
pub(super) fn all(types: &[&str]) -> Value {
    json!({
        "ClientType": {
            "name": "X-Client-Type",
            "in": "header",
            "required": true,
            "description": "The client, in any case.",
            "schema": { "type": "string", "enum": types, "default": types.first() },
        },
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

/// The parameters of a list, whatever it is of.
pub(super) fn paging(things: &str) -> [Value; 2] {
    let parameter = |name: &str, about: String, schema: Value| json!({ "name": name, "in": "query", "allowEmptyValue": true, "description": about, "schema": schema });
    let limit = json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": LIMIT_MAX });
    let after = json!({ "type": "string", "maxLength": CURSOR_MAX, "pattern": ANY });
    [
        parameter(LIMIT, format!("How many {things} a page has at most; all come at once without it."), limit),
        parameter(
            AFTER,
            "Where the page begins, as `Link` has it; the list begins at its start without it.".to_owned(),
            after,
        ),
    ]
}

/// A parameter of one document.
pub(super) fn parameter(parameter: &Parameter) -> Value {
    let field = &parameter.field;
    if parameter.in_path || !field.optional {
        let place = if parameter.in_path { "path" } else { "query" };
        return json!({
            "name": field.rest,
            "in": place,
            "required": true,
            "description": field.about,
            "schema": written(field),
        });
    }
    let mut schema = plain(field);
    match &field.kind {
        Kind::Text => schema["pattern"] = json!(ANY),
        // The choices of a parameter are in small letters.
        Kind::Choice(choices) => schema["enum"] = choices.iter().map(|one| one.to_lowercase()).collect(),
        _ => {}
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("description");
    }
    json!({
        "name": field.rest,
        "in": "query",
        "allowEmptyValue": true,
        "description": field.about,
        "schema": schema,
    })
}

fn condition(name: &str, about: &str) -> Value {
    let tag = json!({ "type": "string", "pattern": "^\"[!#-~]{1,120}\"$", "maxLength": 122 });
    let schema = json!({ "anyOf": [tag, { "const": "*" }] });
    json!({ "name": name, "in": "header", "description": about, "schema": schema })
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
