//! Tools of others that read the graphs: introspection by graphql-js, `get-graphql-schema` and graphql-codegen,
//! and a supergraph of Apollo Federation 2.

use std::time::Duration;

use bookstore::parts::SERVICES;
use serde_json::json;
use testkit::Kind;

use crate::kit::{Bookstore, book, customer};
use crate::node::Script;

/// The tools. The last two keep graphql-codegen from parts that are newer than others of its own.
const PACKAGES: &[(&str, &str)] = &[
    ("@apollo/gateway", "2.14.4"),
    ("@graphql-codegen/cli", "5.0.7"),
    ("@graphql-codegen/typescript", "4.1.6"),
    ("@graphql-codegen/typescript-operations", "4.6.1"),
    ("@theguild/federation-composition", "0.27.0"),
    ("get-graphql-schema", "2.1.2"),
    ("graphql", "16.15.0"),
    ("typescript", "5.9.3"),
    ("@graphql-tools/delegate", "12.2.1"),
    ("@graphql-tools/wrap", "11.2.1"),
];

/// Holds a script to succeed on a bookstore with a book and a customer, and to say `words`.
async fn succeeds(name: &'static str, words: &str) {
    let store = Bookstore::open(Kind::Sqlite).await;
    assert_eq!(store.app("Web").post("/books", &book("978-1-4028-9462-6")).await.status, 201);
    assert_eq!(store.app("Web").post("/customers", &customer("groot@example.com")).await.status, 201);
    let review = json!({"stars": 4, "title": "Good", "text": "Songs."});
    assert_eq!(store.app("iOS").post("/books/9781402894626/reviews", &review).await.status, 201);
    let services = SERVICES.iter().map(|service| format!("http://{}/graphql", store.at(service.name)));
    let services: Vec<String> = services.collect();
    // npm may take minutes to bring the packages.
    let token = store.tokens.mint("starlord", Duration::from_secs(3_600)).unwrap();
    let mut arguments: Vec<&str> = services.iter().map(String::as_str).collect();
    arguments.extend([&*token, "."]);
    let report = Script { name, packages: PACKAGES }.run(&arguments);
    assert!(report.succeeded && report.text.contains(words), "{name} failed:\n{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_query_through_apollos_gateway_gets_a_book_its_reviews_and_a_customer() {
    succeeds("schema-tools/supergraph", "one query through the gateway got a book, its reviews and a customer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn introspection_gives_the_committed_graphs() {
    succeeds("schema-tools/introspection", "reviews: introspection gives the committed graph").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_types_that_codegen_makes_compile_and_are_as_expected() {
    succeeds("schema-tools/codegen", "the types of both clients compile and are as expected").await;
}
