//! Trusted documents: the BFFs send ids, and nobody else's document is run.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use graph_documents::{Manifest, Mode};
use graph_serve::{DocumentSettings, GraphSettings};
use serde_json::{Value, json};
use store::Db;
use testkit::{Database, Kind};

use crate::kit::{App, Bookstore, CLIENT_TYPES, all_at, book, customer, serve, setup, tokens, with};

/// The manifests of both BFFs.
fn manifests() -> Vec<Manifest> {
    [bff_web::CLIENT.manifest, bff_mobile::CLIENT.manifest].map(|json| Manifest::read(json).unwrap()).to_vec()
}

/// Only the documents of the BFFs are run.
pub fn trusted(explore: bool) -> GraphSettings {
    let documents = DocumentSettings { mode: Mode::Trusted, explore, manifests: manifests() };
    GraphSettings { documents, ..GraphSettings::default() }
}

/// The book and the customer service, asked directly.
pub fn graphs(store: &Bookstore) -> [App; 2] {
    [store.at("books"), store.at("customers")]
        .map(|address| App::new(format!("http://{address}")).with_token(&store.token()))
}

/// The code of the error that a request gets.
async fn code(graph: &App, request: Value) -> String {
    let answer = graph.post("/graphql", &request).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert!(answer.json()["data"].is_null(), "{}", answer.text);
    answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bffs_work_by_ids_alone() {
    let store = Bookstore::with(Kind::Sqlite, trusted(false)).await;
    for (n, client_type) in CLIENT_TYPES.iter().enumerate() {
        let app = store.app(client_type);
        let (path, user) = (format!("/books/{n}"), format!("groot{n}@example.com"));
        assert_eq!(app.post("/books", &book(&n.to_string())).await.status, 201);
        assert_eq!(app.get(&path).await.status, 200);
        assert_eq!(app.put(&path, &with(&book(&n.to_string()), json!({"quantity": 1}))).await.status, 200);
        assert_eq!(app.get("/books").await.json().as_array().unwrap().len(), 1);
        assert_eq!(app.delete(&path).await.status, 204);
        let id = app.post("/customers", &customer(&user)).await.json()["id"].clone();
        assert_eq!(app.get(&format!("/customers?userId={user}")).await.status, 200);
        assert_eq!(app.get(&format!("/customers/{id}")).await.status, 200);
        assert_eq!(app.put(&format!("/customers/{id}"), &customer(&user)).await.status, 200);
        assert_eq!(app.delete(&format!("/customers/{id}")).await.status, 204);
    }
}

/// Passes a request on to the service at `real`, and keeps its body.
async fn keep((real, seen): (String, Arc<Mutex<Vec<String>>>), headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    seen.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
    let app = reqwest::Client::builder().no_proxy().build().unwrap().post(&real);
    let names = ["authorization", "content-type", "accept"];
    let request = names.into_iter().fold(app, |app, name| app.header(name, headers[name].clone()));
    let response = request.body(body).send().await.unwrap();
    ([("content-type", response.headers()["content-type"].clone())], response.bytes().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_query_text_is_on_the_wire() {
    let database = Database::new(Kind::Sqlite);
    let url = database.url().parse().unwrap();
    store::migrate(&url, books::store::MIGRATIONS).await.unwrap();
    let service = serve(books::routes(setup(Db::open(&url).unwrap(), trusted(false))).unwrap()).await;
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let state = (format!("{service}/graphql"), Arc::clone(&seen));
    let pass = |State(state), headers, body| keep(state, headers, body);
    let between = serve(Router::new().route("/graphql", axum::routing::post(pass)).with_state(state)).await;
    let web = graph_rest::app(&bff_web::CLIENT, &all_at(&between, Mode::Trusted), tokens().into()).unwrap();
    let app = App::new(serve(web).await).of_type("Web");
    let app = app.with_token(&tokens().mint("gamora", std::time::Duration::from_secs(60)).unwrap());
    assert_eq!(app.post("/books", &book("1")).await.status, 201);
    app.get("/books/1").await.is(200, &book("1"));
    assert_eq!(app.get("/books").await.status, 200);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    for body in seen.iter() {
        let request: Value = serde_json::from_str(body).unwrap();
        assert!(request["documentId"].as_str().unwrap().starts_with("sha256:"), "{body}");
        for word in ["query", "mutation", "__typename", "{ "] {
            assert!(!body.contains(word), "{word} in {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_document_is_refused() {
    let store = Bookstore::with(Kind::Sqlite, trusted(false)).await;
    for graph in graphs(&store) {
        for text in ["{ __typename }", "{ __schema { types { name } } }", "{ books { totalCount } }", "{ broken", ""] {
            assert_eq!(code(&graph, json!({"query": text})).await, "DOCUMENT_NOT_TRUSTED", "{text}");
        }
        let known = manifests().remove(0).documents;
        for document in known {
            // Also the text of a trusted document is no reason to trust who sends it.
            assert_eq!(code(&graph, json!({"query": document.text})).await, "DOCUMENT_NOT_TRUSTED");
            let both = json!({"query": document.text, "documentId": document.id});
            assert_eq!(code(&graph, both).await, "BAD_REQUEST");
        }
        for id in ["", "sha256:", "sha256:00", "Books", "../etc"] {
            assert_eq!(code(&graph, json!({"documentId": id})).await, "DOCUMENT_NOT_FOUND", "{id}");
        }
        assert_eq!(graph.get("/graphql?query=%7B__typename%7D").await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_document_wants_the_right_variables_and_keeps_the_limits() {
    let store = Bookstore::with(Kind::Sqlite, trusted(false)).await;
    let [graph, _] = graphs(&store);
    let find = |operation: &str| {
        let all = manifests().remove(0).documents;
        all.into_iter().find(|document| document.operation == operation).unwrap().id
    };
    let by_isbn = find("BooksByIsbn");
    for variables in [json!({}), json!({"ISBN": null}), json!({"ISBN": [7]}), json!({"ISBN": [null]})] {
        let request = json!({"documentId": by_isbn, "variables": variables});
        assert_eq!(
            graph.post("/graphql", &request).await.json()["errors"][0]["extensions"]["code"],
            "GRAPHQL_VALIDATION_FAILED"
        );
    }
    let request = json!({"documentId": find("Books"), "variables": {"limit": 10_001}});
    assert_eq!(graph.post("/graphql", &request).await.json()["errors"][0]["extensions"]["limit"], "rows");
    let by_get = format!("/graphql?documentId={}&variables=%7B%22ISBN%22:%221%22%7D", find("DeleteBook"));
    graph.get(&by_get).await.is_problem(405, &["POST"]);
    let by_get = format!("/graphql?documentId={by_isbn}&variables=%7B%22ISBN%22:%5B%221%22%5D%7D");
    assert_eq!(graph.get(&by_get).await.json(), json!({"data": {"found": [null]}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn exploring_is_off_unless_asked_for() {
    let store = Bookstore::with(Kind::Sqlite, trusted(false)).await;
    for graph in graphs(&store) {
        let browser = graph.request(reqwest::Method::GET, "/graphql").header("accept", "text/html");
        let answer = crate::kit::Answer::to(browser).await;
        assert!(answer.status >= 400 && !answer.text.contains("<html"), "{}", answer.text);
        assert_eq!(graph.get("/graphql/playground/page.js").await.status, 404);
    }
    let store = Bookstore::with(Kind::Sqlite, trusted(true)).await;
    for graph in graphs(&store) {
        let browser = graph.request(reqwest::Method::GET, "/graphql").header("accept", "text/html");
        assert!(crate::kit::Answer::to(browser).await.text.contains("<html"));
        let types = graph.post("/graphql", &json!({"query": "{ __schema { types { name } } }"})).await.json();
        assert!(types["data"]["__schema"]["types"].as_array().unwrap().len() > 10, "{types}");
        for text in ["{ __typename books { totalCount } }", "{ ...A } fragment A on Query { __typename }"] {
            assert_eq!(code(&graph, json!({"query": text})).await, "DOCUMENT_NOT_TRUSTED", "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_does_not_fit_the_graph_is_named() {
    let database = Database::new(Kind::Sqlite);
    let url = database.url().parse().unwrap();
    store::migrate(&url, books::store::MIGRATIONS).await.unwrap();
    let mut settings = trusted(false);
    let documents = &mut settings.documents.manifests[1].documents;
    let document = documents.iter_mut().find(|one| one.operation == "Books").unwrap();
    document.text = document.text.replace("price", "cost");
    let refused = books::routes(setup(Db::open(&url).unwrap(), settings)).unwrap_err().to_string();
    for word in ["mobile-bff", "Books", "cost"] {
        assert!(refused.contains(word), "{refused}");
    }
}
