//! The OpenAPI document of a BFF: made of the client's table, its documents and the graphs, as its routes are.
//!
//! It is committed beside the BFF; tests hold it to the routes, to the GraphQL documents and to real answers.

mod operations;
mod parameters;
mod problems;
mod schema;

use serde_json::{Map, Value, json};

use graph_host::rights::Rights;

use crate::client::Client;
use crate::operation::Endpoint;

/// Where the document is served.
pub(crate) const PATH: &str = "/openapi.json";

/// The OpenAPI 3.1 document of a client's BFF, as text.
pub(crate) fn document(client: &Client, endpoints: &[Endpoint], rights: &Rights) -> String {
    format!("{:#}\n", tree(client, endpoints, rights))
}

fn tree(client: &Client, endpoints: &[Endpoint], rights: &Rights) -> Value {
    json!({
        "openapi": "3.1.1",
        "info": info(client),
        "servers": [{ "url": "/", "description": "Production, or wherever this document is served", "x-internal": false }],
        "security": [{ "token": [] }],
        "tags": tags(endpoints),
        "paths": operations::paths(endpoints, rights),
        "components": components(client, endpoints),
    })
}

/// A tag for each service, with what its graph says of it, and one for the BFF itself.
fn tags(endpoints: &[Endpoint]) -> Vec<Value> {
    let mut tags: Vec<Value> = Vec::new();
    for operation in endpoints.iter().map(|endpoint| &endpoint.operation) {
        if !tags.iter().any(|tag| tag["name"] == operation.service) {
            tags.push(json!({ "name": operation.service, "description": operation.about_service }));
        }
    }
    tags.push(json!({ "name": "process", "description": "The BFF itself." }));
    tags
}

fn info(client: &Client) -> Value {
    json!({
        "title": format!("Bookstore for {}", client.types.join(" and ")),
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "The bookstore, as this client sees it.",
        "description": "Every error is a problem (RFC 9457) with a `message` for people. \
            `bookstore token` prints a token to try the calls with.",
        "contact": { "name": "The bookstore" },
        "license": { "name": "MIT", "identifier": "MIT" },
    })
}

fn components(client: &Client, endpoints: &[Endpoint]) -> Value {
    let mut schemas = Map::from_iter([("Problem".to_owned(), schema::problem())]);
    for endpoint in endpoints {
        if let (Some(name), Some(row)) = (endpoint.schema(), &endpoint.operation.row) {
            schemas.insert(name.to_owned(), schema::row(row));
        }
        if let Some(body) = &endpoint.operation.body {
            schemas.insert(body.name.clone(), schema::body(body));
        }
    }
    json!({
        "schemas": schemas,
        "parameters": parameters::all(client.types),
        "headers": parameters::answer_headers(),
        "responses": problems::all(),
        "securitySchemes": { "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A JWT (RFC7519, used as RFC8725 asks) that is not yet expired: one from signing in (ES256), \
                or one of a subject that the bookstore knows (HS256).",
        } },
    })
}
