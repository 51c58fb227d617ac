//! The graph itself, as people and tools see it.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Kind, MariaDb};

use crate::kit::{Answer, App, Bookstore, book, customer, on_each};

/// A client of a service's graph.
pub struct Graph(pub App);

impl Graph {
    fn of_books(store: &Bookstore) -> Self {
        Self(App::new(format!("http://{}", store.at("books"))).with_token(&store.token()))
    }

    fn of_customers(store: &Bookstore) -> Self {
        Self(App::new(format!("http://{}", store.at("customers"))).with_token(&store.token()))
    }

    async fn ask(&self, query: &str) -> Value {
        let answer = self.0.post("/graphql", &json!({"query": query})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// The data of a query that has no errors.
    async fn data(&self, query: &str) -> Value {
        let answer = self.ask(query).await;
        assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
        answer["data"].clone()
    }

    /// The codes of the errors of a query.
    async fn codes(&self, query: &str) -> Vec<String> {
        let answer = self.ask(query).await;
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_keys_answer_in_the_order_asked() {
    on_each(async |store| {
        for isbn in ["1", "2", "3"] {
            assert_eq!(store.app("Web").post("/books", &book(isbn)).await.status, 201);
        }
        let books = Graph::of_books(store).data(r#"{ booksByIsbn(isbns: ["3-", "9", "?", "1", "3"]) { isbn } }"#).await;
        let isbns: Vec<&Value> = books["booksByIsbn"].as_array().unwrap().iter().map(|book| &book["isbn"]).collect();
        assert_eq!(isbns, [&json!("3"), &Value::Null, &Value::Null, &json!("1"), &json!("3")]);

        let id = store.app("Web").post("/customers", &customer("a@example.com")).await.json()["id"].clone();
        let query = format!(r#"{{ customersById(ids: ["0", "{id}", "x"]) {{ id name }} }}"#);
        let customers = Graph::of_customers(store).data(&query).await;
        assert_eq!(customers["customersById"], json!([null, {"id": id.to_string(), "name": "Rocket"}, null]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_written_at_once_are_as_the_resolvers_would_have_them() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for (nth, price) in [0.01, 0.1, 1.0, 10.5, 99.99, 100.0, 1_234_567.8, 99_999_999.99].into_iter().enumerate() {
        let mut book = book(&nth.to_string());
        (book["price"], book["title"]) = (json!(price), json!("\"\\\u{1}\n é🌱"));
        assert_eq!(store.app("Web").post("/books", &book).await.status, 201);
        let mut customer = customer(&format!("a{nth}@example.com"));
        customer["address2"] = if nth == 0 { Value::Null } else { json!("\tPO Box") };
        assert_eq!(store.app("Web").post("/customers", &customer).await.status, 201);
    }
    for (graph, name, query) in [
        (Graph::of_books(&store), "Book", "{ books { nodes { SELECTED } } }"),
        (Graph::of_customers(&store), "Customer", r#"{ customersById(ids: ["1", "2", "3"]) { SELECTED } }"#),
    ] {
        let fields = graph.data(&format!(r#"{{ __type(name: "{name}") {{ fields {{ name }} }} }}"#)).await;
        let fields = fields["__type"]["fields"].as_array().unwrap();
        let fields: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        let ask = async |selected: &str| {
            let query = query.replace("SELECTED", selected);
            graph.0.post("/graphql", &json!({ "query": query })).await.text
        };
        // What is in a fragment the library resolves.
        let selected = fields.join(" ");
        let (written, resolved) = (ask(&selected).await, ask(&format!("... {{ {selected} }}")).await);
        assert_eq!(written, resolved);
        assert!(fields.len() >= 8 && written.contains("\"version\":\"") && !written.contains("errors"), "{written}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_forward_and_back() {
    on_each(async |store| {
        for isbn in ["1", "2", "3", "4", "5"] {
            store.app("Web").post("/books", &book(isbn)).await;
        }
        let graph = Graph::of_books(store);
        let page = async |arguments: &str| {
            let query = format!("{{ books({arguments}) {{ totalCount pageInfo {{ hasNextPage hasPreviousPage endCursor startCursor }} edges {{ node {{ isbn }} }} }} }}");
            let books = graph.data(&query).await["books"].clone();
            let isbns = books["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["isbn"].as_str().unwrap()).collect::<String>();
            assert_eq!(books["totalCount"], 5);
            (isbns, books["pageInfo"].clone())
        };
        let (isbns, info) = page("first: 2, orderBy: PRICE_ASC").await;
        assert_eq!((isbns.as_str(), &info["hasNextPage"], &info["hasPreviousPage"]), ("12", &json!(true), &json!(false)));
        let (isbns, info) = page(&format!("first: 2, orderBy: PRICE_ASC, after: {}", info["endCursor"])).await;
        assert_eq!((isbns.as_str(), &info["hasNextPage"], &info["hasPreviousPage"]), ("34", &json!(true), &json!(true)));
        let (isbns, _) = page(&format!("last: 2, orderBy: PRICE_ASC, before: {}", info["startCursor"])).await;
        assert_eq!(isbns, "12");
        assert_eq!(page("last: 2").await.0, "45");
        assert_eq!(page("first: 2, orderBy: TITLE_DESC").await.0, "54");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_out_of_bounds_are_refused_with_a_code() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let graph = Graph::of_books(&store);
    for arguments in [
        "first: -1",
        "first: 1001",
        "last: -1",
        "first: 1, last: 1",
        "after: \"?\"",
        "orderBy: TITLE_ASC, after: \"1\"",
        "filter: {priceFrom: 0.001}",
        "filter: {text: \"?\"}",
    ] {
        assert_eq!(
            graph.codes(&format!("{{ books({arguments}) {{ totalCount }} }}")).await,
            ["BAD_USER_INPUT"],
            "{arguments}"
        );
    }
    let many = vec!["\"1\""; 501].join(",");
    assert_eq!(graph.codes(&format!("{{ booksByIsbn(isbns: [{many}]) {{ isbn }} }}")).await, ["BAD_USER_INPUT"]);
    assert_eq!(graph.codes("{ nothing }").await, ["GRAPHQL_VALIDATION_FAILED"]);
    assert_eq!(graph.codes("{ book(").await, ["GRAPHQL_PARSE_FAILED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_and_the_columns_are_read_only_when_asked_for() {
    let server = MariaDb::start();
    server.run("CREATE DATABASE books");
    let url = server.url("books").parse().unwrap();
    store::migrate(&url, books::store::MIGRATIONS).await.unwrap();
    let schema = books::graph::schema(books::store::BookStore::new(
        store::Db::open(&url).unwrap(),
        events::Outbox::nowhere("books"),
    ))
    .finish();
    for (query, expected) in [
        (
            "{ books(first: 1) { nodes { title } } }",
            vec!["`isbn_key`, NULL, `title`, NULL, NULL, NULL, NULL, NULL, NULL"],
        ),
        ("{ books { totalCount } }", vec!["`isbn_key`, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL", "COUNT(*)"]),
        (
            "{ book(isbn: \"1\") { ...a } } fragment a on Book { price genre @skip(if: true) }",
            vec!["NULL, NULL, NULL, NULL, NULL, NULL, `price_cents`, NULL, NULL"],
        ),
        (
            "{ books(orderBy: TITLE_ASC) { edges { node { isbn } } } }",
            vec!["`isbn_key`, `isbn`, `title`, NULL, NULL, NULL, NULL, NULL, NULL"],
        ),
        ("{ book(isbn: \"1\") { version } }", vec!["NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, `version`"]),
    ] {
        let (response, statements) = server.statements_of(schema.execute(query)).await;
        assert!(response.is_ok(), "{response:?}");
        let lists: Vec<String> = statements
            .iter()
            .filter_map(|sql| {
                sql.strip_prefix("SELECT ")?.split(" FROM").next().map(|list| list.replace("`books`.", ""))
            })
            .collect();
        assert_eq!(lists, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_or_a_link_cannot_change_anything() {
    let store = Bookstore::open(Kind::Sqlite).await;
    store.app("Web").post("/books", &book("1")).await;
    let app = Graph::of_books(&store).0;
    let mutation = r#"mutation { deleteBook(isbn: "1") { __typename } }"#;
    let body = json!({"query": mutation}).to_string();
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql"]
    {
        let request = app.request(Method::POST, "/graphql").header("content-type", content_type).body(body.clone());
        Answer::to(request).await.is_problem(415, &[]);
    }
    let query = format!("/graphql?query={}", mutation.replace(' ', "%20").replace('"', "%22"));
    app.get(&query).await.is_problem(405, &["POST"]);
    assert_eq!(app.get("/graphql?query={__typename}").await.json(), json!({"data": {"__typename": "Query"}}));
    assert_eq!(store.app("Web").get("/books/1").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_inside_stays_inside() {
    let server = MariaDb::start();
    server.run("CREATE DATABASE books");
    let url = server.url("books").parse().unwrap();
    store::migrate(&url, books::store::MIGRATIONS).await.unwrap();
    let schema = books::graph::schema(books::store::BookStore::new(
        store::Db::open(&url).unwrap(),
        events::Outbox::nowhere("books"),
    ))
    .finish();
    server.run("DROP TABLE books.books");
    let response = schema.execute(r#"{ book(isbn: "1") { title } }"#).await;
    let text = serde_json::to_string(&response).unwrap();
    assert_eq!(response.errors.len(), 1, "{text}");
    for secret in ["books.books", "SELECT", "exist", "Table"] {
        assert!(!text.contains(secret), "{text}");
    }
}

/// What has no description, of a part of an introspected schema and of all that is in it.
fn undescribed(of: &str, part: &Value) -> Vec<String> {
    let name = format!("{of}{}", part["name"].as_str().unwrap());
    let mut missing: Vec<String> = part["description"].is_null().then(|| name.clone()).into_iter().collect();
    for list in ["fields", "args", "inputFields", "enumValues"] {
        for member in part[list].as_array().into_iter().flatten() {
            missing.extend(undescribed(&format!("{name}."), member));
        }
    }
    missing
}

#[tokio::test(flavor = "multi_thread")]
async fn introspection_describes_everything() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for graph in [Graph::of_books(&store), Graph::of_customers(&store)] {
        let query = "{ __schema { types { name description fields(includeDeprecated: true) { name description
            args { name description } } inputFields { name description } enumValues { name description } }
            directives { name description args { name description } } } }";
        let schema = graph.data(query).await["__schema"].clone();
        let parts = |list: &str| schema[list].as_array().unwrap().clone();
        // The fields of introspection itself are the specification's, which leaves them without.
        let ours = |part: &&Value| !part["name"].as_str().unwrap().starts_with("__");
        let (types, directives) = (parts("types"), parts("directives"));
        let all = types.iter().filter(ours).chain(&directives);
        let missing: Vec<String> = all.flat_map(|part| undescribed("", part)).collect();
        assert!(types.iter().any(|part| part["name"] == "_Entity"));
        assert_eq!(missing, [""; 0], "without a description");
    }
}
