//! The OpenAPI document is that of the code: of its routes, its GraphQL documents and its schemas.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use graph_call::Upstream;
use graph_check::openapi::{committed, described, properties, routed, selected};
use graph_host::tokens::Tokens;
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::from_str(&bff_mobile::openapi()).unwrap()
}

#[test]
fn the_committed_document_is_the_one_of_the_code() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    committed("bff-mobile", &file, &bff_mobile::openapi()).unwrap();
}

#[tokio::test]
async fn the_document_has_all_routes_and_no_others() {
    let tokens = Arc::new(Tokens::try_new(&[b'x'; 32], "issuer", &["subject".to_owned()]).unwrap());
    let nowhere = Upstream::try_new("book", "http://127.0.0.1:1/graphql", Default::default()).unwrap();
    let bearer = format!("Bearer {}", tokens.mint("subject", Duration::from_secs(60)).unwrap());
    let app = bff_mobile::app(nowhere.clone(), nowhere, tokens);
    let ask = || Request::builder().header("authorization", &bearer).header("x-client-type", "iOS");
    let mut paths: Vec<&str> = bff_mobile::routes().into_iter().map(|(path, _)| path).collect();
    paths.extend(["/status", "/openapi.json"]);
    assert_eq!(described(&document()).unwrap(), routed(&app, &paths, ask).await.unwrap());
}

#[test]
fn the_schemas_have_the_fields_that_the_documents_select() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    let documents = graph_check::documents("bff-mobile", &folder).unwrap();
    for name in ["Book", "Customer"] {
        assert_eq!(properties(&document(), name), selected(&documents, name), "{name}");
    }
}

#[test]
fn the_apps_see_no_address_and_genres_by_their_code() {
    let schemas = &document()["components"]["schemas"];
    let seen: Vec<&String> = schemas["Customer"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(seen, ["id", "name", "phone", "userId"]);
    let genre = &schemas["Book"]["properties"]["genre"];
    assert_eq!((&genre["anyOf"][0]["enum"], &genre["not"]["enum"]), (&json!(["3"]), &json!(["non-fiction"])));
    assert_eq!(schemas["NewBook"]["properties"]["genre"].get("not"), None);
}
