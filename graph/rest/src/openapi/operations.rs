//! What can be asked of a BFF, path by path.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::parameters::{headers, paging, parameter};
use super::problems::{ALWAYS, WITH_BODY, refer};
use super::schema::ANY;
use graph_host::identity::Role;
use graph_host::rights::{Cell, Right, Rights};

use crate::client::Ask;
use crate::field::spoken;
use crate::operation::Endpoint;
use crate::outcome::code;

/// All paths with their operations.
pub(super) fn paths(endpoints: &[Endpoint], rights: &Rights) -> Value {
    let no_token = |mut operation: Value| {
        operation["security"] = json!([]);
        operation
    };
    let mut paths = Map::new();
    for endpoint in endpoints {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        let right = rights.to(&format!("{} {}", endpoint.ask.method().to_uppercase(), endpoint.path));
        let operation = Operation::of(endpoint, right).json();
        let open = right.of(Role::Nobody.into()) != Cell::No;
        path[endpoint.ask.method()] = if open { no_token(operation) } else { operation };
    }
    paths.insert("/status".to_owned(), json!({ "get": no_token(status()) }));
    paths.insert("/openapi.json".to_owned(), json!({ "get": no_token(openapi()) }));
    Value::Object(paths)
}

/// One operation, as it is put together.
struct Operation {
    id: String,
    tag: &'static str,
    summary: String,
    about: String,
    parameters: Vec<Value>,
    body: Option<String>,
    answer: (u16, Value),
    refusals: Vec<u16>,
    /// Whether it can be asked for what is new alone.
    conditional: bool,
}

impl Operation {
    fn of(endpoint: &Endpoint, right: Right) -> Self {
        let operation = &endpoint.operation;
        let name = operation.row.as_ref().map_or_else(|| removed(endpoint), |row| row.name.clone());
        let thing = spoken(&name);
        let one = || endpoint.schema().map(schema);
        let own = || operation.parameters.iter().map(parameter).collect::<Vec<_>>();
        let common = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
        let with = |last: &str| [vec![common("ClientType")], own(), vec![common(last)]].concat();
        let mut refusals: Vec<u16> = operation
            .refusals
            .iter()
            .map(|refusal| code(*refusal).status().as_u16())
            .filter(|status| *status != 400)
            .collect();
        // Nothing has a key that no such thing can have.
        if matches!(endpoint.ask, Ask::Read(_) | Ask::Export(_) | Ask::Show(_) | Ask::Follow(_))
            || operation.parameters.iter().any(|one| one.in_path)
        {
            refusals.push(404);
        }
        // Some who have a token may not.
        if Role::ALL.into_iter().skip(1).any(|role| right.of(role.into()) == Cell::No) {
            refusals.push(403);
        }
        refusals.sort_unstable();
        refusals.dedup();
        let (id, summary, about, parameters, answer) = match endpoint.ask {
            Ask::List(document) => {
                let things = spoken(document);
                let array = json!({ "type": "array", "items": schema(&name) });
                let (in_path, others): (Vec<_>, Vec<_>) = operation.parameters.iter().partition(|one| one.in_path);
                let parameters = [
                    vec![common("ClientType")],
                    in_path.into_iter().map(parameter).collect(),
                    paging(&things).to_vec(),
                    others.into_iter().map(parameter).collect(),
                    vec![common("IfNoneMatch")],
                ];
                (
                    format!("list{document}"),
                    format!("All {things}, or with `limit` and `after` a page of them"),
                    "All of them are sent while they are fetched; an answer that breaks off is not whole.",
                    parameters.concat(),
                    (200, answer(&format!("The {things}, in their order."), &["Link", "PageTag"], Some(array))),
                )
            }
            Ask::Export(_) => (
                read_id(endpoint, &name),
                format!("All of one {thing}"),
                "Looked up by its key; no cache keeps it.",
                [vec![common("ClientType")], own()].concat(),
                (200, answer("It is there.", &[], one())),
            ),
            Ask::Read(_) => (
                read_id(endpoint, &name),
                format!("One {thing}"),
                "Looked up by its key.",
                with("IfNoneMatch"),
                (200, answer("It is there.", &["ETag"], one())),
            ),
            Ask::Show(document) => (
                act_id("post", document),
                summary(&operation.about).to_owned(),
                operation.about.as_str(),
                [vec![common("ClientType")], own()].concat(),
                (200, answer("Here it is.", &[], one())),
            ),
            Ask::Follow(_) => (
                act_id("post", operation.document.operation),
                format!("What becomes of one {thing}, as it happens"),
                "Server-sent events: each has a JSON object as its data, and a number as its id. The stream ends now and then; \
                    who comes back with the last id goes on behind it.",
                [vec![common("ClientType")], own(), vec![last_event_id()]].concat(),
                (200, stream()),
            ),
            Ask::Accept(_, _) => (
                act_id("post", operation.document.operation),
                summary(&operation.about).to_owned(),
                operation.about.as_str(),
                with("IdempotencyKey"),
                (202, answer("It was accepted, and is being done.", &["Location"], one())),
            ),
            Ask::Do(method, document, status) => (
                act_id(method, document),
                summary(&operation.about).to_owned(),
                operation.about.as_str(),
                [vec![common("ClientType")], own()].concat(),
                (status, answer("It is done.", &[], operation.row.as_ref().and_then(|_| one()))),
            ),
            Ask::Create(..) => (
                format!("create{name}"),
                format!("A new {thing}"),
                "What it is called by must not belong to another one yet.",
                with("IdempotencyKey"),
                (201, answer("It was stored.", &["Location", "Content-Location", "ETag"], one())),
            ),
            Ask::Replace(_) => (
                format!("replace{name}"),
                format!("Another {thing} in the place of one"),
                "All fields are given anew. What the body is called by must be what the path says.",
                with("IfMatch"),
                (200, answer("It was stored.", &["Content-Location", "ETag"], one())),
            ),
            Ask::Delete(_) => (
                format!("delete{name}"),
                "Removes one".to_owned(),
                "A second time there is none any more.",
                with("IfMatch"),
                (204, answer("It is gone.", &[], None)),
            ),
        };
        Self {
            id,
            tag: operation.service,
            summary,
            about: about.to_owned(),
            parameters,
            body: operation.body.as_ref().map(|body| body.name.clone()),
            answer,
            refusals,
            conditional: matches!(endpoint.ask, Ask::List(_) | Ask::Read(_)),
        }
    }

    fn json(self) -> Value {
        let mut operation = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "description": self.about,
            "parameters": self.parameters,
        });
        if let Some(thing) = &self.body {
            let content = json!({ "application/json": { "schema": schema(thing) } });
            operation["requestBody"] = json!({ "required": true, "content": content });
        }
        operation["responses"] = self.responses();
        operation
    }

    fn responses(self) -> Value {
        let with_body = if self.body.is_some() { WITH_BODY } else { &[] };
        let refusals = refer(ALWAYS.iter().chain(with_body).chain(&self.refusals));
        // Sorted by status.
        let (status, success) = self.answer;
        let mut all: BTreeMap<String, Value> = refusals.chain([(status.to_string(), success)]).collect();
        if self.conditional {
            all.insert("304".to_owned(), answer("What is known still holds.", &["ETag"], None));
        }
        Value::Object(all.into_iter().collect())
    }
}

/// An answer that goes on.
fn stream() -> Value {
    let text = json!({ "type": "string", "maxLength": 1_048_576, "pattern": ANY });
    let content = json!({ "text/event-stream": { "schema": text } });
    json!({ "description": "What has become of it, and what will.", "headers": headers(&[]), "content": content })
}

/// Where a stream goes on.
fn last_event_id() -> Value {
    json!({
        "name": "Last-Event-ID",
        "in": "header",
        "required": false,
        "description": "The id of the last event that is known.",
        "schema": { "type": "integer", "format": "int32", "minimum": 0, "maximum": i32::MAX },
    })
}

/// `openDoor` for the document `OpenDoor`; a GET of the same is `openDoorByGet`.
fn act_id(method: &str, document: &str) -> String {
    let (first, rest) = document.split_at(1);
    let by = if method == "get" { "ByGet" } else { "" };
    format!("{}{rest}{by}", first.to_lowercase())
}

/// The first sentence of what the graph says, without its full stop.
fn summary(about: &str) -> &str {
    about.split_once(". ").map_or(about, |(first, _)| first).trim_end_matches('.')
}

/// What a document removes, whose answer has nothing of it: `Plant` for `DeletePlant`.
fn removed(endpoint: &Endpoint) -> String {
    let document = endpoint.operation.document.operation;
    document.strip_prefix("Delete").unwrap_or(document).to_owned()
}

/// `readPlant`; `readPlantByLatin` for `/plants/latin/{name}`; `findPlant` when the key is in the query string.
fn read_id(endpoint: &Endpoint, name: &str) -> String {
    if !endpoint.operation.parameters.iter().all(|one| one.in_path) {
        return format!("find{name}");
    }
    let fixed = endpoint.path.split('/').filter(|part| !part.is_empty() && !part.starts_with('{'));
    let by = fixed.skip(1).map(|part| {
        let (first, rest) = part.split_at(1);
        format!("By{}{rest}", first.to_uppercase())
    });
    format!("read{name}{}", by.collect::<String>())
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn answer(about: &str, with_headers: &[&str], body: Option<Value>) -> Value {
    let mut answer = json!({ "description": about, "headers": headers(with_headers) });
    if let Some(body) = body {
        answer["content"] = json!({ "application/json": { "schema": body } });
    }
    answer
}

fn status() -> Value {
    let ok = json!({ "type": "string", "const": "OK" });
    let body = super::schema::object("The BFF answers.", [("status", ok)], &[]);
    open("readStatus", "Whether the BFF is up", body)
}

fn openapi() -> Value {
    open("readDocument", "This document", json!({ "type": "object", "description": "OpenAPI 3.1." }))
}

/// An operation for everybody: it looks at neither the token nor the client type.
fn open(id: &str, summary: &str, body: Value) -> Value {
    let mut responses = Map::from_iter([("200".to_owned(), answer("Here it is.", &[], Some(body)))]);
    responses.extend(refer(&[408, 500]));
    let about = "Needs neither a token nor a client type.";
    json!({ "operationId": id, "tags": ["process"], "summary": summary, "description": about, "responses": responses })
}
