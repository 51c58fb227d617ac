//! The expected outcomes of mutations are types, not errors, and those that did nothing say why in one way.

use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{App, Bookstore, with};

/// A service's graph, and what is asked of its mutations.
struct Graph {
    app: App,
    /// What is asked of what was saved, in the result of a mutation that saves.
    saved: &'static str,
    /// Why nothing was done, and fragments after the operation.
    refused: [&'static str; 2],
}

impl Graph {
    /// The result of a mutation: its field, and the variables.
    async fn change(&self, field: &str, variables: Value) -> Value {
        let types = [("$input", "BookInput!"), ("$who", "CustomerInput!"), ("$key", "String"), ("$if", "[ID!]")];
        let defined = types.iter().filter(|(name, _)| field.contains(name));
        let defined: String = defined.map(|(name, ty)| format!("{name}: {ty} ")).collect();
        let defined = if defined.is_empty() { defined } else { format!("({defined})") };
        let saved = if field.starts_with("delete") { "" } else { self.saved };
        let [refused, fragments] = self.refused;
        let query = format!("mutation{defined} {{ result: {field} {{ __typename {saved} {refused} }} }} {fragments}");
        let answer = self.app.post("/graphql", &json!({"query": query, "variables": variables})).await.json();
        assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
        answer["data"]["result"].clone()
    }

    /// Holds a mutation to be refused by a type that gives this kind of reason.
    async fn refuses(&self, field: &str, variables: Value, ty: &str, refusal: &str) -> Value {
        let result = self.change(field, variables).await;
        assert_eq!((&result["__typename"], &result["refusal"]), (&json!(ty), &json!(refusal)), "{field}: {result}");
        assert!(result["message"].as_str().is_some_and(|message| message.ends_with('.')), "{result}");
        result
    }
}

/// Both graphs; that of the customers is asked by a named fragment.
async fn graphs() -> (Bookstore, Graph, Graph) {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = |address| App::new(format!("http://{address}")).with_token(&store.token());
    let books = Graph {
        app: app(store.at("books")),
        saved: "... on BookSaved { saved: book { version isbn } }",
        refused: [
            "... on Refused { refusal message ... on InvalidInput { fields { field message } } ... on BookNotFound { isbn } }",
            "",
        ],
    };
    let fragment = "fragment Refused on Refused { refusal message ... on InvalidInput { fields { field } } ... on UserIdTaken { \
        userId } }";
    let customers = Graph {
        app: app(store.at("customers")),
        saved: "... on CustomerSaved { customer { id } }",
        refused: ["...Refused", fragment],
    };
    (store, books, customers)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_books_refuse_says_why() {
    let (_store, books, _) = graphs().await;
    let book = json!({"isbn": "1-X", "title": "T", "author": "A", "description": "D", "genre": "G", "price": 1.5, "quantity": 1});
    let (create, update) =
        ("createBook(input: $input, idempotencyKey: $key)", r#"updateBook(isbn: "1x", input: $input)"#);
    let saved = books.change(create, json!({"input": book, "key": "k"})).await;
    assert_eq!(saved["saved"]["isbn"], "1-X", "{saved}");
    assert_eq!(saved["saved"]["version"].as_str().map(str::is_empty), Some(false), "{saved}");
    books.refuses(create, json!({"input": book}), "IsbnTaken", "TAKEN").await;
    let other = with(&book, json!({"title": "O"}));
    books.refuses(create, json!({"input": other, "key": "k"}), "IdempotencyKeyReused", "KEY_REUSED").await;
    let faulty = json!({"input": with(&book, json!({"title": " ", "price": 1.555}))});
    let fields = json!([{"field": "title", "message": "must not be empty"}, {"field": "price", "message": "must have at most two decimals"}]);
    for field in [create, update] {
        assert_eq!(books.refuses(field, faulty.clone(), "InvalidInput", "INVALID").await["fields"], fields);
    }
    let guarded = r#"updateBook(isbn: "1x", input: $input, ifVersion: $if)"#;
    books.refuses(guarded, json!({"input": book, "if": ["1"]}), "BookChanged", "CHANGED").await;
    books.refuses(r#"deleteBook(isbn: "1x", ifVersion: $if)"#, json!({"if": []}), "BookChanged", "CHANGED").await;
    let refused = books.refuses(r#"deleteBook(isbn: "9")"#, json!({}), "BookNotFound", "NOT_FOUND").await;
    assert_eq!(refused["isbn"], "9");
    let missing = json!({"input": with(&book, json!({"isbn": "9"}))});
    books.refuses(r#"updateBook(isbn: "9", input: $input)"#, missing, "BookNotFound", "NOT_FOUND").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_customers_refuse_says_why() {
    let (_store, _, customers) = graphs().await;
    let person = |user_id: &str| json!({"userId": user_id, "name": "N", "phone": "1", "address": "A", "city": "C", "state": "PA", "zipcode": "1"});
    let create = "createCustomer(input: $who, idempotencyKey: $key)";
    for (user_id, id) in [("a@example.com", "1"), ("b@example.com", "2")] {
        let saved = customers.change(create, json!({"who": person(user_id), "key": user_id})).await;
        assert_eq!(saved, json!({"__typename": "CustomerSaved", "customer": {"id": id}}));
    }
    let taken = json!({"who": person("A@example.com")});
    for field in [create, "updateCustomer(id: 2, input: $who)"] {
        let refused = customers.refuses(field, taken.clone(), "UserIdTaken", "TAKEN").await;
        assert_eq!(refused["userId"], "A@example.com");
    }
    let reused = json!({"who": person("c@example.com"), "key": "a@example.com"});
    customers.refuses(create, reused, "IdempotencyKeyReused", "KEY_REUSED").await;
    let faulty = json!({"who": with(&person("a"), json!({"state": "XX"}))});
    let refused = customers.refuses(create, faulty, "InvalidInput", "INVALID").await;
    assert_eq!(refused["fields"], json!([{"field": "userId"}, {"field": "state"}]));
    let guarded = json!({"who": person("a@example.com"), "if": ["1"]});
    customers
        .refuses("updateCustomer(id: 1, input: $who, ifVersion: $if)", guarded, "CustomerChanged", "CHANGED")
        .await;
    customers.refuses("deleteCustomer(id: 1, ifVersion: $if)", json!({"if": []}), "CustomerChanged", "CHANGED").await;
    let who = json!({"who": person("c@example.com")});
    customers.refuses("updateCustomer(id: 9, input: $who)", who, "CustomerNotFound", "NOT_FOUND").await;
    customers.refuses(r#"deleteCustomer(id: "x")"#, json!({}), "CustomerNotFound", "NOT_FOUND").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_refuses_is_told_by_the_interface() {
    let (_store, books, customers) = graphs().await;
    for (graph, own) in [
        (&books, vec!["BookChanged", "BookNotAllowed", "BookNotFound", "IsbnTaken"]),
        (&customers, vec!["CustomerChanged", "CustomerNotFound", "UserIdTaken"]),
    ] {
        let query = r#"{ __type(name: "Refused") { kind possibleTypes { name } } }"#;
        let answer = graph.app.post("/graphql", &json!({ "query": query })).await.json();
        let found = answer["data"]["__type"]["possibleTypes"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        let mut names: Vec<&str> = found.iter().map(|one| one["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        let mut all = [own, vec!["IdempotencyKeyReused", "InvalidInput"]].concat();
        all.sort_unstable();
        assert_eq!((&answer["data"]["__type"]["kind"], names), (&json!("INTERFACE"), all));
    }
}
