//! The OpenAPI document is that of the code: of its routes and its GraphQL documents.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use bff_web::CLIENT;
use graph_call::Upstream;
use graph_check::openapi::{committed, described, properties, routed, selected};
use graph_host::tokens::Tokens;
use graph_rest::{Source, Upstreams};
use serde_json::Value;

fn made() -> String {
    graph_rest::openapi(&CLIENT).unwrap()
}

fn document() -> Value {
    serde_json::from_str(&made()).unwrap()
}

#[test]
fn the_committed_document_is_the_one_of_the_code() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    committed("bff-web", &file, &made()).unwrap();
}

#[tokio::test]
async fn the_document_has_all_routes_and_no_others() {
    let tokens = Arc::new(Tokens::try_new(&[b'x'; 32], "issuer", &["subject".to_owned()]).unwrap());
    let nowhere = |source: &Source| {
        let upstream = Upstream::try_new(source.service, "http://127.0.0.1:1/graphql", Default::default());
        (source.service, upstream.unwrap())
    };
    let bearer = format!("Bearer {}", tokens.mint("subject", Duration::from_secs(60)).unwrap());
    let app = graph_rest::app(&CLIENT, &Upstreams::new(CLIENT.sources.iter().map(nowhere)), tokens.into()).unwrap();
    let ask = || Request::builder().header("authorization", &bearer).header("x-client-type", "Web");
    let mut paths: Vec<&str> = CLIENT.routes.iter().map(|(path, _)| *path).collect();
    paths.extend(["/status", "/openapi.json"]);
    assert_eq!(described(&document()).unwrap(), routed(&app, &paths, ask).await.unwrap());
}

#[test]
fn the_schemas_have_the_fields_that_the_documents_select() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    let documents = graph_check::documents("bff-web", &folder).unwrap();
    for name in ["Book", "Customer"] {
        assert_eq!(properties(&document(), name), selected(&documents, name), "{name}");
    }
}
