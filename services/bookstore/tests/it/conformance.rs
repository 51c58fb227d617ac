//! Random documents are answered as GraphQL says: as graphql-js answers them over the same rows, and as apollo-compiler
//! checks them.
//!
//! `RANDOM_DOCUMENTS=20000 RANDOM_SEED=7` asks each service for more of them, or for others.

use std::fs;
use std::time::Duration;

use graph_check::validity;
use serde_json::{Value, json};
use testkit::{Kind, number};

use crate::kit::{Bookstore, book, customer, with};
use crate::node::Script;

const RANDOM: Script = Script { name: "conformance/random", packages: &[("graphql", "16.15.0")] };
/// How many documents each service is asked.
const DOCUMENTS: u64 = 2_000;

/// A bookstore with the rows that the documents ask for.
async fn stocked() -> Bookstore {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    for nth in 0..6 {
        let book = with(
            &book(&format!("979-{nth}")),
            json!({"title": format!("Volume {nth}"), "price": f64::from(nth) + 0.5}),
        );
        assert_eq!(app.post("/books", &book).await.status, 201);
        let customer = with(
            &customer(&format!("customer{nth}@example.com")),
            json!({"address2": (nth % 2 == 0).then_some("Deck")}),
        );
        assert_eq!(app.post("/customers", &customer).await.status, 201);
    }
    store
}

/// Asks a service random documents; gives each, with the code by which it was refused.
async fn asked(service: &str) -> Vec<Value> {
    let store = stocked().await;
    let address = if service == "books" { store.at("books") } else { store.at("customers") };
    let token = store.tokens.mint("starlord", Duration::from_secs(36_000)).unwrap();
    let seed = number("RANDOM_SEED", u64::from(std::process::id()));
    let file = RANDOM.folder().join(format!("{service}.jsonl"));
    let (url, count) = (format!("http://{address}/graphql"), number("RANDOM_DOCUMENTS", DOCUMENTS).to_string());
    let report = RANDOM.run(&[service, &url, &token, &count, &seed.to_string(), &file.to_string_lossy(), "."]);
    assert!(report.succeeded && report.text.contains("agree with graphql-js"), "{}", report.text);
    println!("{}", report.text);
    fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Holds what the service refused to what apollo-compiler refuses.
fn agrees_with_apollo(service: &str, entity: &str, documents: &[Value]) {
    let valid = validity(service, entity).unwrap();
    for document in documents {
        let (query, code) = (document["query"].as_str().unwrap(), document["refused"].as_str());
        match (code, valid(query)) {
            (Some("DOCUMENT_TOO_COSTLY"), _) | (None, Ok(())) => {}
            (Some("GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED"), Err(_)) => {}
            (code, why) => assert!(is_known(document), "apollo-compiler: {why:?}, the service: {code:?}\n{document}"),
        }
    }
}

/// Whether a document is refused for what apollo-compiler does not look at, and graphql-js does; or for the values of
/// its variables, which are no part of it.
fn is_known(document: &Value) -> bool {
    let message = document["message"].as_str().unwrap_or_default();
    let known = [
        "has no operation",
        "in an object has no value",
        "here it must be a",
        "is given twice in one object",
        "must have the same arguments",
        "Variable $",
    ];
    known.iter().any(|words| message.contains(words))
}

#[tokio::test(flavor = "multi_thread")]
async fn books_are_answered_as_graphql_says() {
    agrees_with_apollo("books", "Book", &asked("books").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_answered_as_graphql_says() {
    agrees_with_apollo("customers", "Customer", &asked("customers").await);
}
