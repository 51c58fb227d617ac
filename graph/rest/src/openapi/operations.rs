//! What can be asked of a BFF, path by path.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::parameters::headers;
use super::problems::{ALWAYS, WITH_BODY, refer};

/// All paths with their operations.
pub(crate) fn paths() -> Value {
    let no_token = |mut operation: Value| {
        operation["security"] = json!([]);
        operation
    };
    json!({
        "/books": { "get": list_books(), "post": create("createBook", "books", "Book").json() },
        "/books/{ISBN}": {
            "get": read("readBook", "books", "Book", "Isbn").json(),
            "put": replace("replaceBook", "books", "Book", "Isbn").json(),
            "delete": delete("deleteBook", "books", "Isbn").json(),
        },
        "/books/isbn/{ISBN}": { "get": read("readBookByIsbn", "books", "Book", "Isbn").json() },
        "/customers": {
            "get": read("findCustomer", "customers", "Customer", "UserId").json(),
            "post": create("createCustomer", "customers", "Customer").json(),
        },
        "/customers/{id}": {
            "get": read("readCustomer", "customers", "Customer", "Id").json(),
            "put": replace("replaceCustomer", "customers", "Customer", "Id").refuses(422).json(),
            "delete": delete("deleteCustomer", "customers", "Id").json(),
        },
        "/status": { "get": no_token(status()) },
        "/openapi.json": { "get": no_token(openapi()) },
    })
}

/// One operation, as it is put together.
struct Operation {
    id: &'static str,
    tag: &'static str,
    summary: String,
    about: &'static str,
    parameters: Vec<&'static str>,
    body: Option<&'static str>,
    answer: (u16, Value),
    refusals: Vec<u16>,
}

fn list_books() -> Value {
    let books = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Book" } });
    let answer = answer("The books, sorted by ISBN.", &["Link", "PageTag"], Some(books));
    let summary = "All books, or with `limit` and `after` a page of them".to_owned();
    let parameters = vec!["ClientType", "Limit", "After", "Genre", "Author", "Text", "IfNoneMatch"];
    let about = "All of them are sent while they are fetched; an answer that breaks off is not whole.";
    Operation {
        id: "listBooks",
        tag: "books",
        summary,
        about,
        parameters,
        body: None,
        answer: (200, answer),
        refusals: vec![],
    }
    .json()
}

fn read(id: &'static str, tag: &'static str, thing: &'static str, key: &'static str) -> Operation {
    Operation {
        id,
        tag,
        summary: format!("One {}", thing.to_lowercase()),
        about: "Looked up by its key.",
        parameters: vec!["ClientType", key, "IfNoneMatch"],
        body: None,
        answer: (200, answer("It is there.", &["ETag"], Some(schema(thing)))),
        refusals: vec![404],
    }
}

fn create(id: &'static str, tag: &'static str, thing: &'static str) -> Operation {
    Operation {
        id,
        tag,
        summary: format!("A new {}", thing.to_lowercase()),
        about: "What it is called by must not belong to another one yet.",
        parameters: vec!["ClientType", "IdempotencyKey"],
        body: Some(thing),
        answer: (201, answer("It was stored.", &["Location", "Content-Location", "ETag"], Some(schema(thing)))),
        refusals: vec![422],
    }
}

fn replace(id: &'static str, tag: &'static str, thing: &'static str, key: &'static str) -> Operation {
    Operation {
        id,
        tag,
        summary: format!("Another {} in the place of one", thing.to_lowercase()),
        about: "All fields are given anew. What the body is called by must be what the path says.",
        parameters: vec!["ClientType", key, "IfMatch"],
        body: Some(thing),
        answer: (200, answer("It was stored.", &["Content-Location", "ETag"], Some(schema(thing)))),
        refusals: vec![404, 412],
    }
}

fn delete(id: &'static str, tag: &'static str, key: &'static str) -> Operation {
    Operation {
        id,
        tag,
        summary: "Removes one".to_owned(),
        about: "A second time there is none any more.",
        parameters: vec!["ClientType", key, "IfMatch"],
        body: None,
        answer: (204, answer("It is gone.", &[], None)),
        refusals: vec![404, 412],
    }
}

impl Operation {
    fn refuses(mut self, status: u16) -> Self {
        self.refusals.push(status);
        self
    }

    fn json(self) -> Value {
        let reference = |name: &&str| json!({ "$ref": format!("#/components/parameters/{name}") });
        let mut operation = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "description": self.about,
            "parameters": self.parameters.iter().map(reference).collect::<Vec<_>>(),
        });
        if let Some(thing) = self.body {
            let content = json!({ "application/json": { "schema": schema(&format!("New{thing}")) } });
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
        if self.parameters.contains(&"IfNoneMatch") {
            all.insert("304".to_owned(), answer("What is known still holds.", &["ETag"], None));
        }
        Value::Object(all.into_iter().collect())
    }
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
