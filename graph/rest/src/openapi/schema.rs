//! JSON Schemas (2020-12) of what clients see and write, with the bounds that the graphs tell.

use graph_host::problem::Code;
use serde_json::{Map, Value, json};

use crate::client::Instead;
use crate::field::{Bounds, Field, Kind, Shape};
use crate::operation::{Body, GIVEN_ITEMS_MAX, GIVEN_MAX};

/// A text of which something is seen (ECMA-262): `\s` and what only Unicode calls a space.
const NOT_BLANK: &str = r"[^\s\u0085]";
/// The most items of a list, unless the graph tells.
const LIST_MAX: usize = 1000;
/// Any text at all.
pub(super) const ANY: &str = r"^[\s\S]*$";

/// An object of exactly these fields, all of them there but for those in `optional`.
pub(super) fn object<N: Into<String>>(
    about: &str,
    fields: impl IntoIterator<Item = (N, Value)>,
    optional: &[&str],
) -> Value {
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

/// A thing in an answer: all its fields are there, and some may be null.
pub(super) fn row(shape: &Shape) -> Value {
    object(&shape.about, shape.fields.iter().map(|field| (&field.rest, seen(field))), &[])
}

/// A thing in a body. What the bookstore sets itself may be there.
pub(super) fn body(body: &Body) -> Value {
    let given = body.given.iter().map(|field| (&field.rest, nullable(given(field))));
    let fields = body.fields.iter().map(|field| (&field.rest, written(field)));
    let optional = body.fields.iter().filter(|field| field.optional).chain(&body.given);
    let optional: Vec<&str> = optional.map(|field| field.rest.as_str()).collect();
    object(&body.about, given.chain(fields), &optional)
}

/// A field that may be sent back as it came, and is not looked at.
fn given(field: &Field) -> Value {
    match field.kind {
        Kind::List(_) => {
            let about = &field.about;
            return json!({ "type": "array", "description": about, "maxItems": GIVEN_ITEMS_MAX, "items": {} });
        }
        Kind::Object(_) => return json!({ "type": "object", "description": field.about }),
        _ => {}
    }
    let mut schema = plain(&Field { bounds: Bounds::default(), ..field.clone() });
    if field.kind == Kind::Text {
        schema["maxLength"] = json!(GIVEN_MAX);
        schema["pattern"] = json!(ANY);
    }
    schema
}

/// A field of a body, or a parameter that is a key.
pub(super) fn written(field: &Field) -> Value {
    let schema = match &field.kind {
        Kind::Object(shape) => input(shape),
        Kind::List(kind) => items(field, kind),
        _ => plain(field),
    };
    match field.change.filter(|_| field.kind == Kind::Text) {
        Some(Instead::Codes(codes)) => json!({
            "description": field.about,
            "anyOf": [coded(codes), bare(schema)],
        }),
        _ if field.optional => nullable(schema),
        _ => schema,
    }
}

/// A thing within a body.
fn input(shape: &Shape) -> Value {
    let fields = shape.fields.iter().map(|field| (&field.rest, written(field)));
    let optional: Vec<&str> = shape.fields.iter().filter(|one| one.optional).map(|one| one.rest.as_str()).collect();
    object(&shape.about, fields, &optional)
}

/// A list within a body.
fn items(field: &Field, kind: &Kind) -> Value {
    let bounds = &field.bounds;
    let one = Field {
        kind: kind.clone(),
        about: String::new(),
        bounds: Bounds::default(),
        optional: false,
        example: None,
        ..field.clone()
    };
    let mut schema = json!({ "type": "array", "description": field.about, "items": written(&one) });
    schema["minItems"] = json!(bounds.min_length.unwrap_or(0));
    schema["maxItems"] = json!(bounds.max_length.unwrap_or(LIST_MAX));
    if let Some(example) = &field.example {
        schema["examples"] = json!([example]);
    }
    schema
}

/// A field of an answer.
fn seen(field: &Field) -> Value {
    let schema = plain(field);
    match field.change.filter(|_| field.kind == Kind::Text) {
        // A code, and never what it stands for.
        Some(Instead::Codes(codes)) => {
            let names: Vec<&str> = codes.iter().map(|(name, _)| *name).collect();
            let others = bare(schema);
            json!({ "description": field.about, "anyOf": [coded(codes), others], "not": { "enum": names } })
        }
        _ if field.optional => nullable(schema),
        _ => schema,
    }
}

/// The codes of some texts.
fn coded(codes: &[(&str, &str)]) -> Value {
    let known: Vec<String> = codes.iter().map(|(name, code)| format!("`{code}` is {name}.")).collect();
    let codes: Vec<&str> = codes.iter().map(|(_, code)| *code).collect();
    json!({ "type": "string", "description": known.join(" "), "enum": codes, "examples": codes })
}

/// The same schema as one of several: the description stands before all of them, the example is one of the codes.
fn bare(mut schema: Value) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("description");
        schema.remove("examples");
    }
    schema
}

/// The same, or null.
fn nullable(mut schema: Value) -> Value {
    if let Some(one) = schema.get("type").and_then(Value::as_str).map(str::to_owned) {
        schema["type"] = json!([one, "null"]);
    }
    if let Some(choices) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        choices.push(Value::Null);
    }
    schema
}

/// A field as the graph has it.
pub(super) fn plain(field: &Field) -> Value {
    let bounds = &field.bounds;
    let mut schema = match &field.kind {
        Kind::Text => text(field),
        Kind::Choice(choices) => json!({ "type": "string", "enum": choices }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Object(shape) => row(shape),
        Kind::List(kind) => {
            // A length is that of each text, or of the list when it is none of texts.
            let of_texts = **kind == Kind::Text;
            let each = if of_texts { bounds.clone() } else { Bounds::default() };
            let one =
                Field { kind: (**kind).clone(), about: String::new(), bounds: each, example: None, ..field.clone() };
            let most = bounds.max_length.filter(|_| !of_texts).unwrap_or(LIST_MAX);
            json!({ "type": "array", "items": plain(&one), "maxItems": most })
        }
        Kind::Integer => json!({
            "type": "integer",
            "format": "int32",
            "minimum": bounds.min.map_or(i32::MIN, |least| least as i32),
            "maximum": bounds.max.map_or(i32::MAX, |most| most as i32),
        }),
        Kind::Number => json!({ "type": "integer", "format": "int64", "minimum": 1, "maximum": i64::MAX }),
        Kind::Decimal | Kind::Float => {
            let mut schema = json!({ "type": "number" });
            let ends = [("minimum", bounds.min), ("maximum", bounds.max)];
            for (name, end) in ends.into_iter().filter_map(|(name, end)| Some((name, end?))) {
                schema[name] = json!(end);
            }
            schema
        }
    };
    if !field.about.is_empty() {
        schema["description"] = json!(field.about);
    }
    if let Some(example) = &field.example {
        schema["examples"] = json!([example]);
    }
    schema
}

fn text(field: &Field) -> Value {
    let bounds = &field.bounds;
    let mut schema = json!({ "type": "string" });
    if let Some(choices) = bounds.pattern.as_deref().and_then(choices) {
        schema["enum"] = json!(choices);
        return schema;
    }
    let longest = || match bounds.format.as_deref() {
        // A point in time has so many characters at most, with a fraction and an offset (RFC 3339).
        Some("date-time") => Some(35),
        // RFC 9562.
        Some("uuid") => Some(36),
        _ => None,
    };
    let told = [
        ("minLength", bounds.min_length.map(Value::from)),
        ("maxLength", bounds.max_length.or_else(longest).map(Value::from)),
        ("pattern", bounds.pattern.as_deref().map(Value::from)),
        ("format", bounds.format.as_deref().map(Value::from)),
    ];
    for (name, bound) in told.into_iter().filter_map(|(name, bound)| Some((name, bound?))) {
        schema[name] = bound;
    }
    schema
}

/// The words of a pattern that is nothing but a choice of them, such as `^(AK|AL)$`.
fn choices(pattern: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = pattern.strip_prefix("^(")?.strip_suffix(")$")?.split('|').collect();
    words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(words)
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
            "code": { "type": "string", "description": "What apps decide by.", "enum": codes() },
            "requestId": sentence("The id of the request, in the log too."),
            "errors": { "type": "array", "description": "The places at fault.", "maxItems": 64, "items": fault() },
        },
    })
}

/// The codes of problems, each once.
fn codes() -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for code in Code::ALL.map(|code| json!(code)) {
        if !all.contains(&code) {
            all.push(code);
        }
    }
    all
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
