//! Real answers are those that the OpenAPI documents describe, and each client's only its own.

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, book, customer, with};

/// What a BFF promises.
struct Document(Value);

impl Document {
    fn of(client_type: &str) -> Self {
        let client = if client_type == "Web" { bff_web::CLIENT } else { bff_mobile::CLIENT };
        Self(serde_json::from_str(&graph_rest::openapi(&client).unwrap()).unwrap())
    }

    /// What a `$ref` leads to; anything else is what it is.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.map_or(value, |pointer| self.0.pointer(pointer).unwrap())
    }

    fn validator(&self, schema: &Value) -> Validator {
        let root = json!({ "allOf": [schema], "components": self.0["components"] });
        jsonschema::options().should_validate_formats(true).build(&root).unwrap()
    }

    fn fits(&self, schema: &str, value: &Value) -> bool {
        self.validator(&json!({ "$ref": format!("#/components/schemas/{schema}") })).is_valid(value)
    }

    /// Holds an answer to what is said of the operation: its status, its headers, its media type, its body.
    #[track_caller]
    fn promises(&self, method: &str, path: &str, answer: &Answer) {
        let responses = &self.0["paths"][path][method]["responses"];
        let response = self.resolved(&responses[answer.status.to_string()]);
        assert!(response.is_object(), "{method} {path} is not said to answer {}", answer.status);
        for (name, header) in response["headers"].as_object().unwrap() {
            let header = self.resolved(header);
            let found = answer.headers.get(name).map(|value| json!(value.to_str().unwrap()));
            assert!(found.is_some() || header["required"] != true, "{method} {path} has no {name}");
            // Numbers travel as text.
            let text = header["schema"]["type"] == "string";
            assert!(found.is_none_or(|found| !text || self.validator(&header["schema"]).is_valid(&found)), "{name}");
        }
        match response["content"].as_object().and_then(|content| content.iter().next()) {
            None => assert_eq!(answer.text, ""),
            Some((media, content)) => {
                assert_eq!(answer.header("content-type"), media);
                let faults: Vec<String> = self
                    .validator(&content["schema"])
                    .iter_errors(&answer.json())
                    .map(|fault| fault.to_string())
                    .collect();
                assert!(faults.is_empty(), "{method} {path}: {faults:?} in {}", answer.text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_as_described() {
    for client_type in ["Web", "iOS"] {
        let store = Bookstore::open(Kind::Sqlite).await;
        let (app, document) = (store.app(client_type), Document::of(client_type));
        books(&app, &document).await;
        customers(&app, &document).await;
        reviews(&app, &document).await;
        refusals(&app, &document).await;
    }
}

async fn books(app: &App, document: &Document) {
    document.promises("post", "/books", &app.post("/books", &book("1")).await);
    document.promises("post", "/books", &app.post("/books", &book("1")).await);
    let fiction = with(&book("2"), json!({"genre": "fiction", "price": 0.07, "quantity": 0}));
    document.promises("post", "/books", &app.post("/books", &fiction).await);
    for path in ["/books", "/books?limit=1", "/books?limit=1&after=1", "/books?limit=0"] {
        document.promises("get", "/books", &app.get(path).await);
    }
    for isbn in ["1", "2", "3"] {
        document.promises("get", "/books/{ISBN}", &app.get(&format!("/books/{isbn}")).await);
        document.promises("get", "/books/isbn/{ISBN}", &app.get(&format!("/books/isbn/{isbn}")).await);
        document.promises("put", "/books/{ISBN}", &app.put(&format!("/books/{isbn}"), &book("1")).await);
        document.promises("delete", "/books/{ISBN}", &app.delete(&format!("/books/{isbn}")).await);
    }
}

async fn customers(app: &App, document: &Document) {
    let (rocket, groot) = (customer("rocket@example.com"), with(&customer("g@example.com"), json!({"address2": null})));
    for body in [&rocket, &rocket, &groot, &json!({})] {
        document.promises("post", "/customers", &app.post("/customers", body).await);
    }
    for query in ["userId=rocket@example.com", "userId=g@example.com", "userId=drax@example.com", "userId=1"] {
        document.promises("get", "/customers", &app.get(&format!("/customers?{query}")).await);
    }
    for id in ["1", "2", "3", "x"] {
        let path = format!("/customers/{id}");
        document.promises("get", "/customers/{id}", &app.get(&path).await);
        document.promises("put", "/customers/{id}", &app.put(&path, &rocket).await);
        document.promises("delete", "/customers/{id}", &app.delete(&path).await);
    }
}

async fn reviews(app: &App, document: &Document) {
    const PATH: &str = "/books/{ISBN}/reviews";
    let review = json!({"stars": 4, "title": "Good", "text": "It has a beginning and an end."});
    // No book can have the last one.
    for isbn in ["1", "1", "%20", &"9".repeat(100)] {
        let path = PATH.replace("{ISBN}", isbn);
        document.promises("get", PATH, &app.get(&path).await);
        document.promises("post", PATH, &app.post(&path, &review).await);
        document.promises("put", PATH, &app.put(&path, &review).await);
        document.promises("delete", PATH, &app.delete(&path).await);
    }
}

async fn refusals(app: &App, document: &Document) {
    document.promises("get", "/books", &app.with_token("forged").get("/books").await);
    document.promises("get", "/books", &app.of_type("Windows").get("/books").await);
    document.promises("post", "/books", &app.send(Method::POST, "/books", vec![b' '; 2 * 1024 * 1024]).await);
    let untyped = app.request(Method::PUT, "/customers/1").body("{}");
    document.promises("put", "/customers/{id}", &Answer::to(untyped).await);
    for path in ["/status", "/openapi.json"] {
        document.promises("get", path, &app.get(path).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_differ_where_their_documents_do() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (web, mobile) = (Document::of("Web"), Document::of("iOS"));
    store.app("Web").post("/books", &book("1")).await;
    store.app("Web").post("/customers", &customer("rocket@example.com")).await;
    for (path, schema) in [("/books/1", "Book"), ("/customers/1", "Customer")] {
        let (seen, seen_by_apps) = (store.app("Web").get(path).await.json(), store.app("iOS").get(path).await.json());
        assert!(web.fits(schema, &seen) && mobile.fits(schema, &seen_by_apps), "{path}");
        assert!(!mobile.fits(schema, &seen), "{path}");
    }
    assert!(!web.fits("Customer", &store.app("iOS").get("/customers/1").await.json()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bounds_in_the_document_are_those_of_the_services() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (app, document) = (store.app("Web"), Document::of("Web"));
    let (book, customer) = (book("1"), customer("rocket@example.com"));
    let fields = [("/books/1", "NewBook", &book), ("/customers/1", "NewCustomer", &customer)];
    app.post("/books", &book).await;
    app.post("/customers", &customer).await;
    for (path, schema, good) in fields {
        let properties = &document.0["components"]["schemas"][schema]["properties"];
        for (name, property) in properties.as_object().unwrap() {
            for value in around(property).into_iter().filter(|_| !["ISBN", "id", "userId"].contains(&name.as_str())) {
                let body = with(good, json!({name: value}));
                let answer = app.put(path, &body).await;
                assert_eq!(answer.status == 200, document.fits(schema, &body), "{name}: {value}: {}", answer.text);
            }
        }
    }
}

/// Values on both sides of the bounds of a property.
fn around(property: &Value) -> Vec<Value> {
    let mut values: Vec<Value> = property["enum"].as_array().cloned().unwrap_or_default();
    if let Some(most) = property["maxLength"].as_u64() {
        values.extend([most, most + 1].map(|length| json!("é".repeat(length.try_into().unwrap()))));
    }
    for bound in ["minimum", "maximum"].into_iter().filter_map(|name| property[name].as_f64()) {
        // That a price has two decimals cannot be said: by `multipleOf` some validators, which divide doubles, refuse good ones.
        values.extend([-1.0, -0.01, 0.0, 0.01, 1.0].map(|step| json!(((bound + step) * 100.0).round() / 100.0)));
    }
    values.extend([json!(""), json!(" "), json!("\t\u{a0}"), json!("XX"), json!(7), json!(null), json!([])]);
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn the_front_door_leads_to_the_document_of_the_client() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let door = App::new(format!("http://{}", store.at("gateway")));
    for client_type in ["Web", "iOS", "android"] {
        let app = door.of_type(client_type);
        assert_eq!(app.get("/openapi.json").await.json(), Document::of(client_type).0, "{client_type}");
    }
    for path in ["/openapi.json", "/docs", "/docs/page.js", "/books"] {
        door.get(path).await.is_problem(400, &["X-Client-Type"]);
        door.of_type("Windows").get(path).await.is_problem(400, &["X-Client-Type"]);
    }
    for (address, client_type) in [(store.at("web-bff"), "Web"), (store.at("mobile-bff"), "iOS")] {
        let anybody = App::new(format!("http://{address}"));
        assert_eq!(anybody.get("/openapi.json").await.json(), Document::of(client_type).0);
        assert!(anybody.get("/docs").await.text.contains("<main id=\"docs\">"));
    }
}
