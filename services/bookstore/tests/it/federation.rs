//! Both graphs as parts of a supergraph: entities by their keys, with one statement, within the ceiling.

use async_graphql::{Request, Variables};
use serde_json::{Value, json};
use testkit::{Kind, MariaDb};

use crate::kit::{App, Bookstore, book, customer};

/// Clients of both graphs.
fn graphs(store: &Bookstore) -> [App; 2] {
    [store.at("books"), store.at("customers")]
        .map(|address| App::new(format!("http://{address}")).with_token(&store.token()))
}

/// The answer about these representations.
async fn entities(graph: &App, selection: &str, representations: Value) -> Value {
    let query = format!("query ($all: [_Any!]!) {{ _entities(representations: $all) {{ {selection} }} }}");
    graph.post("/graphql", &json!({"query": query, "variables": {"all": representations}})).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_come_in_the_order_asked_and_null_where_there_is_none() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for isbn in ["1-1", "2"] {
        store.app("Web").post("/books", &book(isbn)).await;
    }
    store.app("Web").post("/customers", &customer("groot@example.com")).await;
    let [books, customers] = graphs(&store);
    let isbn = |isbn: &str| json!({"__typename": "Book", "isbn": isbn, "title": "of another graph"});
    let all = json!([isbn("2"), isbn("9"), isbn("no ISBN"), isbn("11"), isbn("2")]);
    let answer = entities(&books, "__typename ... on Book { isbn }", all).await;
    let found = |isbn| json!({"__typename": "Book", "isbn": isbn});
    assert_eq!(answer, json!({"data": {"_entities": [found("2"), null, null, found("1-1"), found("2")]}}));
    let all = json!([{"__typename": "Customer", "id": "7"}, {"__typename": "Customer", "id": 1}]);
    let answer = entities(&customers, "... on Customer { name }", all).await;
    assert_eq!(answer, json!({"data": {"_entities": [null, {"name": "Rocket"}]}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn reviews_are_fields_of_a_book_and_so_many_at_most() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let review = json!({"stars": 4, "title": "Good", "text": "Songs."});
    assert_eq!(store.app("Web").post("/books/1-1/reviews", &review).await.status, 201);
    let reviews = App::new(format!("http://{}", store.at("reviews"))).with_token(&store.token());
    let isbn = |isbn: &str| json!({"__typename": "Book", "isbn": isbn});
    let selection = "... on Book { isbn rating ratings reviews(first: 1) { nodes { stars } } }";
    let answer = entities(&reviews, selection, json!([isbn("11"), isbn("no ISBN"), isbn("2")])).await;
    let one = json!({"isbn": "11", "rating": 4.0, "ratings": 1, "reviews": {"nodes": [{"stars": 4}]}});
    let none = json!({"isbn": "2", "rating": null, "ratings": 0, "reviews": {"nodes": []}});
    assert_eq!(answer, json!({"data": {"_entities": [one, null, none]}}));
    // The page of each book is a statement.
    let many: Vec<Value> = (0..500).map(|n| isbn(&n.to_string())).collect();
    let answer = entities(&reviews, selection, json!(many)).await;
    assert_eq!(answer["errors"][0]["extensions"]["limit"], "rows", "{answer}");
    let answer = entities(&reviews, "... on Book { rating }", json!(many)).await;
    assert_eq!(answer["data"]["_entities"].as_array().map(Vec::len), Some(500), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_entities_are_one_statement_of_the_selected_columns() {
    let server = MariaDb::start();
    server.run("CREATE DATABASE books");
    let url = server.url("books").parse().unwrap();
    store::migrate(&url, books::store::MIGRATIONS).await.unwrap();
    let schema = books::graph::schema(books::store::BookStore::new(
        store::Db::open(&url).unwrap(),
        events::Outbox::nowhere("books"),
    ))
    .finish();
    for count in [1, 2, 31, 500] {
        let all: Vec<Value> = (0..count).map(|n| json!({"__typename": "Book", "isbn": n.to_string()})).collect();
        let query = "query ($all: [_Any!]!) { _entities(representations: $all) { ...B } } fragment B on Book { title }";
        let request = Request::new(query).variables(Variables::from_json(json!({"all": all})));
        let (response, statements) = server.statements_of(schema.execute(request)).await;
        assert!(response.is_ok(), "{response:?}");
        let selects: Vec<&String> = statements.iter().filter(|sql| sql.starts_with("SELECT")).collect();
        assert_eq!(selects.len(), 1, "{count} entities: {selects:?}");
        let columns = selects[0].split(" FROM").next().unwrap().replace("`books`.", "");
        assert_eq!(columns, "SELECT `isbn_key`, NULL, `title`, NULL, NULL, NULL, NULL, NULL, NULL");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_representations_are_refused_by_name() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let [books, customers] = graphs(&store);
    let long = "X".repeat(10_000);
    let nested = (0..100).fold(json!("1"), |inner, _| json!([inner]));
    let good = json!({"__typename": "Book", "isbn": "1"});
    for (bad, says) in [
        (json!({"__typename": "Book"}), "representations[1] has no isbn, which is the key of a Book."),
        (json!({"isbn": "1"}), "representations[1] has no __typename; it must be \"Book\"."),
        (json!({"__typename": 7, "isbn": "1"}), "representations[1] has no __typename; it must be \"Book\"."),
        (
            json!({"__typename": "Customer", "id": "1"}),
            "is of type \"Customer\"; the only entity of this graph is Book.",
        ),
        (json!({"__typename": long, "isbn": "1"}), "the only entity of this graph is Book."),
        (json!({"__typename": "Book", "isbn": 7}), "representations[1] is a Book whose isbn is no String."),
        (json!({"__typename": "Book", "isbn": null}), "is a Book whose isbn is no String."),
        (json!({"__typename": "Book", "isbn": nested}), "is a Book whose isbn is no String."),
        (json!("Book"), "representations[1] is not an object."),
        (json!([good]), "representations[1] is not an object."),
    ] {
        let answer = entities(&books, "__typename", json!([good, bad])).await;
        let error = &answer["errors"][0];
        assert_eq!(
            (&answer["data"], &error["extensions"]["code"]),
            (&Value::Null, &json!("BAD_USER_INPUT")),
            "{answer}"
        );
        assert!(error["message"].as_str().unwrap().ends_with(says), "{answer}");
        assert!(answer.to_string().len() < 400, "{answer}");
    }
    let wrong = json!([{"__typename": "Customer", "id": {"a": [1]}}]);
    let answer = entities(&customers, "__typename", wrong).await;
    assert_eq!(answer["errors"][0]["message"], "representations[0] is a Customer whose id is no ID.");
    assert_eq!(
        entities(&books, "__typename", json!([null])).await["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_cost_a_row_each_and_the_schema_what_it_weighs() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let [books, _] = graphs(&store);
    let isbns = |count: usize| vec![json!({"__typename": "Book", "isbn": "1"}); count];
    let one = "_entities(representations: $all) { ... on Book { title } }";
    let many: String = (0..20).map(|n| format!("a{n}: {one} ")).collect();
    let sdls: String = (0..100).map(|n| format!("a{n}: sdl ")).collect();
    let inline = r#"{__typename: "Book", isbn: "1"} "#;
    let ask = async |fields: &str, all: usize| {
        let variables = if fields.contains("$all") { "($all: [_Any!]!)" } else { "" };
        let query = format!("query Q{variables} {{ {fields} }}");
        let body = json!({"query": query, "variables": {"all": isbns(all)}, "extensions": {"cost": true}});
        books.post("/graphql", &body).await.json()
    };
    assert_eq!(ask(one, 500).await["extensions"]["cost"]["rows"], 500);
    let answer = ask(&format!("_entities(representations: [{}]) {{ __typename }}", inline.repeat(40)), 0).await;
    assert_eq!(answer["extensions"]["cost"]["rows"], 40, "{answer}");
    for (fields, all, code) in [
        (one, 501, "BAD_USER_INPUT"),
        (one, 10_001, "DOCUMENT_TOO_COSTLY"),
        (many.as_str(), 501, "DOCUMENT_TOO_COSTLY"),
        (&format!("_service {{ sdl {sdls} }}"), 0, "DOCUMENT_TOO_COSTLY"),
        (&format!("_entities(representations: [{}]) {{ __typename }}", inline.repeat(1_000)), 0, "DOCUMENT_TOO_COSTLY"),
    ] {
        let answer = ask(fields, all).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{all} {answer}");
    }
}
