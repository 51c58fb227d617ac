//! What documents select is answered as GraphQL says: merged, in order, with what @skip and @include leave of it. Each row is
//! one kind of what was wrong once; random documents are in `conformance`.

use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{App, Bookstore, book, customer};

/// The graph of the books with one book, and that of the customers with one customer.
async fn graphs() -> (Bookstore, App, App) {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    assert_eq!(app.post("/books", &book("1")).await.status, 201);
    assert_eq!(app.post("/customers", &customer("rocket@example.com")).await.status, 201);
    let [books, customers] = [store.at("books"), store.at("customers")]
        .map(|address| App::new(format!("http://{address}")).with_token(&store.token()));
    (store, books, customers)
}

/// The data as they are written, since their order counts.
async fn data(graph: &App, query: &str, variables: Value) -> String {
    let answer = graph.post("/graphql", &json!({"query": query, "variables": variables})).await;
    let data = answer.text.strip_prefix(r#"{"data":"#).and_then(|rest| rest.strip_suffix('}'));
    data.unwrap_or_else(|| panic!("{query}: {}", answer.text)).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_one_key_are_merged_wherever_they_stand() {
    let (_store, books, customers) = graphs().await;
    let delete = r#"deleteBook(isbn: "9")"#;
    let create = r#"createBook(input: {isbn: "2", title: "T", author: "A", description: "D", genre: "g", price: 1, quantity: 1})"#;
    for (graph, query, expected) in [
        (
            &books,
            r#"{ book(isbn: "1") { genre } book(isbn: "1") { isbn } }"#,
            r#"{"book":{"genre":"non-fiction","isbn":"1"}}"#,
        ),
        (
            &books,
            r#"{ ...A b: book(isbn: "1") { isbn } } fragment A on Query { b: book(isbn: "1") { ...B } } fragment B on Book { genre }"#,
            r#"{"b":{"genre":"non-fiction","isbn":"1"}}"#,
        ),
        (
            &books,
            "{ books { nodes { isbn } nodes { genre isbn } } }",
            r#"{"books":{"nodes":[{"isbn":"1","genre":"non-fiction"}]}}"#,
        ),
        (
            &books,
            "{ books { edges { node { isbn } } ... { edges { node { genre } cursor } } } }",
            r#"{"books":{"edges":[{"node":{"isbn":"1","genre":"non-fiction"},"cursor":"1"}]}}"#,
        ),
        (
            &books,
            r#"{ booksByIsbn(isbns: ["1", "2"]) { isbn } booksByIsbn(isbns: ["1", "2"]) { genre } }"#,
            r#"{"booksByIsbn":[{"isbn":"1","genre":"non-fiction"},null]}"#,
        ),
        (
            &customers,
            "{ customer(id: 1) { id } customer(id: 1) { name } }",
            r#"{"customer":{"id":"1","name":"Rocket"}}"#,
        ),
        (
            &customers,
            "{ customers { nodes { id } } customers { nodes { name } } }",
            r#"{"customers":{"nodes":[{"id":"1","name":"Rocket"}]}}"#,
        ),
        (
            &books,
            &format!(
                "mutation {{ {create} {{ ... on BookSaved {{ book {{ isbn }} }} }} {create} {{ ... on BookSaved {{ book {{ genre }} }} }} }}"
            ),
            r#"{"createBook":{"book":{"isbn":"2","genre":"g"}}}"#,
        ),
        (
            &books,
            &format!(
                "mutation {{ {delete} {{ ... on BookNotFound {{ isbn }} __typename }} {delete} {{ ... on BookNotFound {{ message }} }} }}"
            ),
            r#"{"deleteBook":{"isbn":"9","__typename":"BookNotFound","message":"There is no book with the ISBN 9."}}"#,
        ),
    ] {
        assert_eq!(data(graph, query, Value::Null).await, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_skipped_whole_is_an_object_of_nothing() {
    let (_store, books, customers) = graphs().await;
    for (graph, query, expected) in [
        (&books, "{ books(first: 1) { nodes { isbn @skip(if: true) } } }", r#"{"books":{"nodes":[{}]}}"#),
        (&books, r#"{ book(isbn: "1") { isbn @skip(if: true) } }"#, r#"{"book":{}}"#),
        (&books, r#"{ booksByIsbn(isbns: ["1", "2"]) { isbn @include(if: false) } }"#, r#"{"booksByIsbn":[{},null]}"#),
        (
            &customers,
            "{ customers { edges { node { ...F @skip(if: true) } } } } fragment F on Customer { id }",
            r#"{"customers":{"edges":[{"node":{}}]}}"#,
        ),
        (&books, "{ books(first: 1) @skip(if: true) { nodes { isbn } } }", "{}"),
        (&books, "{ books { pageInfo { endCursor @skip(if: true) } } }", r#"{"books":{"pageInfo":{}}}"#),
        (&books, "{ a: __typename @skip(if: true) }", "{}"),
        (&books, r#"mutation { deleteBook(isbn: "9") { ... on BookDeleted { isbn } } }"#, r#"{"deleteBook":{}}"#),
        (&books, "mutation { __typename @skip(if: true) }", "{}"),
    ] {
        assert_eq!(data(graph, query, Value::Null).await, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_stand_where_the_document_has_them_first() {
    let (_store, books, _customers) = graphs().await;
    for (query, expected) in [
        (
            "{ books { nodes { genre ...F isbn } } } fragment F on Book { isbn __typename genre }",
            r#"{"books":{"nodes":[{"genre":"non-fiction","isbn":"1","__typename":"Book"}]}}"#,
        ),
        (
            "{ books { totalCount ... { __typename } pageInfo { hasNextPage } totalCount } }",
            r#"{"books":{"totalCount":1,"__typename":"BookConnection","pageInfo":{"hasNextPage":false}}}"#,
        ),
        (
            r#"{ ...F z: __typename ...G } fragment F on Query { book(isbn: "9") { isbn } } fragment G on Query { a: __typename }"#,
            r#"{"book":null,"z":"Query","a":"Query"}"#,
        ),
    ] {
        assert_eq!(data(&books, query, Value::Null).await, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_taken_as_graphql_says() {
    let (_store, books, customers) = graphs().await;
    let nodes = r#"{"books":{"nodes":[{"isbn":"1"}]}}"#;
    for (graph, query, variables, expected) in [
        (&books, "query($i: Boolean = true) { books { nodes { isbn genre @skip(if: $i) } } }", "{}", nodes),
        (&books, "query($i: Boolean = false) { books { nodes { isbn genre @include(if: $i) } } }", "{}", nodes),
        (
            &books,
            "query($i: Boolean!) { a: __typename @include(if: $i) b: __typename }",
            r#"{"i": true}"#,
            r#"{"a":"Query","b":"Query"}"#,
        ),
        (&books, r#"{ book(isbn: "\uD83D\uDE00") { isbn } }"#, "{}", r#"{"book":null}"#),
        (&books, r#"{ book(isbn: "\u{31}") { isbn } }"#, "{}", r#"{"book":{"isbn":"1"}}"#),
        (&books, "query($n: Int) { books(first: $n) { nodes { isbn } } }", r#"{"n": 1.0}"#, nodes),
        (
            &books,
            "{ books(first: 0) { nodes { isbn } pageInfo { hasNextPage endCursor } } }",
            "{}",
            r#"{"books":{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":null}}}"#,
        ),
        (&books, "{ booksByIsbn(isbns: \"1\") { isbn } }", "{}", r#"{"booksByIsbn":[{"isbn":"1"}]}"#),
        (&customers, "query($i: ID!) { customer(id: $i) { id } }", r#"{"i": 1}"#, r#"{"customer":{"id":"1"}}"#),
        (&customers, "{ customer(id: 99999999999999999999) { id } }", "{}", r#"{"customer":null}"#),
    ] {
        assert_eq!(data(graph, query, serde_json::from_str(variables).unwrap()).await, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_valid_is_refused_by_name() {
    let (_store, books, _customers) = graphs().await;
    for (query, words) in [
        (
            "query($i: String) { booksByIsbn(isbns: [$i]) { isbn } }",
            "the variable `$i` is a `String`; here it must be a `String!`",
        ),
        (r#"{ books(filter: {genre: "a", genre: "b"}) { totalCount } }"#, "`genre` is given twice"),
        (r#"{ a: book(isbn: "1") { isbn } a: book(isbn: "2") { isbn } }"#, "for the same name"),
        (r#"{ book(isbn: "1") { isbn: title isbn } }"#, "different fields into the same alias `isbn`"),
        ("{ books { nodes { titel } } }", "did you mean `title`?"),
    ] {
        let answer = books.post("/graphql", &json!({"query": query, "variables": {"i": "1"}})).await.json();
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{query}: {answer}");
        assert!(error["message"].as_str().unwrap().contains(words), "{query}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_a_mutation_that_failed_does_not_run() {
    let (_store, books, _customers) = graphs().await;
    let input = |isbn: &str| {
        format!(r#"{{isbn: "{isbn}", title: "T", author: "A", description: "D", genre: "g", price: 1, quantity: 1}}"#)
    };
    let create = |isbn: &str, key: &str| {
        format!(r#"b{isbn}: createBook(input: {}, idempotencyKey: "{key}") {{ __typename }} "#, input(isbn))
    };
    let query = format!("mutation {{ {} {} {} }}", create("5", "five"), create("6", ""), create("7", "seven"));
    let answer = books.post("/graphql", &json!({ "query": query })).await.json();
    assert_eq!((&answer["data"], &answer["errors"][0]["path"]), (&Value::Null, &json!(["b6"])), "{answer}");
    let found = data(&books, r#"{ booksByIsbn(isbns: ["5", "6", "7"]) { isbn } }"#, Value::Null).await;
    assert_eq!(found, r#"{"booksByIsbn":[{"isbn":"5"},null,null]}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn automatic_persisted_queries_are_told_to_send_the_text() {
    let (_store, books, _customers) = graphs().await;
    let persisted = json!({"persistedQuery": {"version": 1, "sha256Hash": "0".repeat(64)}});
    let answer = books.post("/graphql", &json!({"extensions": persisted})).await;
    let error = &answer.json()["errors"][0];
    assert_eq!((answer.status, &error["message"]), (200, &json!("PersistedQueryNotSupported")));
    assert_eq!(error["extensions"]["code"], "PERSISTED_QUERY_NOT_SUPPORTED");
    let whole = books.post("/graphql", &json!({"query": "{ __typename }", "extensions": persisted})).await;
    assert_eq!(whole.json(), json!({"data": {"__typename": "Query"}}));
}
