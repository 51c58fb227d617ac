//! The proof that mobile fetches no address, no session, and no more of a review's text than it shows: not in the document, not on the
//! wire, not in the SQL.
//!
//! A recorder stands between the BFF and the service, and MariaDB logs what it is asked. The same
//! requests by the web BFF show that both would notice.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use graph_documents::Mode;
use graph_serve::GraphSettings;
use serde_json::{Value, json};
use service_host::Service;
use testkit::MariaDb;

use crate::kit::{App, all_at, customer, serve, setup, tokens};

/// What only the web client gets.
const ADDRESS: [&str; 5] = ["address", "address2", "city", "state", "zipcode"];

/// What the documents select beside what is shown in a body: it is shown in the `ETag`.
const VERSION: &str = "version";

/// A service that passes everything on to another one, and keeps what went by.
#[derive(Clone)]
struct Recorder {
    real: String,
    seen: Arc<Mutex<Vec<(Value, Value)>>>,
}

impl Recorder {
    async fn pass(State(recorder): State<Self>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
        let mut request = reqwest::Client::builder().no_proxy().build().unwrap().post(&recorder.real);
        for name in ["authorization", "content-type", "accept"] {
            request = request.header(name, headers[name].clone());
        }
        let response = request.body(body.clone()).send().await.unwrap();
        let content_type = response.headers()["content-type"].clone();
        let answer = response.bytes().await.unwrap();
        let record = (serde_json::from_slice(&body).unwrap(), serde_json::from_slice(&answer).unwrap());
        recorder.seen.lock().unwrap().push(record);
        ([("content-type", content_type)], answer)
    }

    fn last(&self) -> (String, Value) {
        let (request, answer) = self.seen.lock().unwrap().last().unwrap().clone();
        (request["query"].as_str().unwrap().to_owned(), answer)
    }
}

/// A service on a MariaDB of its own, a recorder before it, and a web and a mobile app behind that.
async fn setting(service: Service) -> (MariaDb, Recorder, App, App) {
    let server = MariaDb::start();
    server.run(&format!("CREATE DATABASE {}", service.name));
    let url = server.url(service.name).parse().unwrap();
    store::migrate(&url, service.migrations).await.unwrap();
    let db = store::Db::open(&url).unwrap();
    let service = serve((service.routes)(setup(db, GraphSettings::default())).unwrap()).await;
    let recorder = Recorder { real: format!("{service}/graphql"), seen: Arc::default() };
    let between = Router::new().route("/graphql", axum::routing::post(Recorder::pass)).with_state(recorder.clone());
    let upstreams = all_at(&serve(between).await, Mode::Open);
    let web = serve(graph_rest::app(&bff_web::CLIENT, &upstreams, tokens().into()).unwrap()).await;
    let mobile = serve(graph_rest::app(&bff_mobile::CLIENT, &upstreams, tokens().into()).unwrap()).await;
    let token = tokens().mint("gamora", std::time::Duration::from_secs(60)).unwrap();
    let app = |base: String, client_type: &str| App::new(base).of_type(client_type).with_token(&token);
    (server, recorder, app(web, "Web"), app(mobile, "iOS"))
}

/// What an app's request made go by: the document, the service's answer, the SQL, and the app's own answer.
async fn trace(server: &MariaDb, recorder: &Recorder, app: &App, path: &str) -> [String; 4] {
    let (answer, statements) = server.statements_of(app.get(path)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let (document, upstream) = recorder.last();
    let version = upstream.pointer("/data/found/version").or(upstream.pointer("/data/found/0/version"));
    let version = version.and_then(Value::as_str).expect("a version");
    assert!(answer.header("etag").ends_with(&format!("-{version}\"")), "what is fetched is shown");
    assert!(says(&document, VERSION) && !answer.text.contains(version), "and not in the body");
    let select: Vec<String> = statements.into_iter().filter(|sql| sql.starts_with("SELECT")).collect();
    assert_eq!(select.len(), 1, "one request is one SELECT: {select:?}");
    [document, upstream.to_string(), select.concat(), answer.text]
}

/// Whether `text` has `word` as a whole word.
fn says(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|found| found == word)
}

#[tokio::test(flavor = "multi_thread")]
async fn mobile_fetches_no_address() {
    let (server, recorder, web, mobile) = setting(customers::SERVICE).await;
    let created = web.post("/customers", &customer("groot@example.com")).await;
    assert_eq!(created.status, 201, "{}", created.text);
    for path in ["/customers/1", "/customers?userId=groot@example.com"] {
        for stage in trace(&server, &recorder, &mobile, path).await {
            for field in ADDRESS {
                assert!(!says(&stage, field), "mobile, {path}: {field} in {stage}");
            }
            assert!(!stage.contains("Milano Way") && !stage.contains("15213"), "mobile, {path}: {stage}");
            assert!(says(&stage, "phone"), "mobile, {path}: no phone in {stage}");
        }
        for stage in trace(&server, &recorder, &web, path).await {
            for field in ADDRESS {
                assert!(says(&stage, field), "web, {path}: no {field} in {stage}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_mobile_writes_comes_back_without_the_address() {
    let (_server, recorder, _web, mobile) = setting(customers::SERVICE).await;
    for (method, path, status) in
        [(reqwest::Method::POST, "/customers", 201), (reqwest::Method::PUT, "/customers/1", 200)]
    {
        let answer = mobile.send(method, path, customer("groot@example.com").to_string()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let (document, upstream) = recorder.last();
        for stage in [document, upstream.to_string(), answer.text] {
            for field in ADDRESS {
                assert!(!says(&stage, field), "{path}: {field} in {stage}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mobile_fetches_no_more_of_a_reviews_text_than_it_shows() {
    let (server, recorder, web, mobile) = setting(reviews::SERVICE).await;
    let text = format!("{}the end", "é".repeat(250));
    let review = json!({"stars": 4, "title": "Long", "text": text});
    assert_eq!(web.post("/books/1/reviews", &review).await.status, 201);
    for (app, whole) in [(&web, true), (&mobile, false)] {
        let (answer, statements) = server.statements_of(app.get("/books/1/reviews")).await;
        let (document, upstream) = recorder.last();
        let select: Vec<String> = statements.into_iter().filter(|sql| sql.starts_with("SELECT")).collect();
        assert_eq!(select.len(), 1, "one request is one SELECT: {select:?}");
        for stage in [&answer.text, &upstream.to_string()] {
            assert_eq!(stage.contains("the end"), whole, "{stage}");
            assert_eq!(stage.matches('é').count(), if whole { 250 } else { 200 }, "{stage}");
        }
        assert_eq!((select[0].contains("`text`"), select[0].contains("`excerpt`")), (whole, !whole), "{select:?}");
        assert_eq!(says(&document, "excerpt"), !whole, "{document}");
    }
}

/// What only the web client gets of an order: in the graph, and in the database.
const OF_AN_ORDER: [&str; 14] = [
    "customerName",
    "customerEmail",
    "customerPhone",
    "customerStreet",
    "customerCity",
    "history",
    "paymentStatus",
    "customer_name",
    "customer_email",
    "customer_phone",
    "customer_street",
    "customer_city",
    "order_history",
    "payment_status",
];

#[tokio::test(flavor = "multi_thread")]
async fn mobile_fetches_of_an_order_neither_name_nor_address_nor_phone() {
    let (server, recorder, web, mobile) = setting(orders::SERVICE).await;
    server.run("INSERT INTO orders.offers VALUES ('1', '1', 'T', 1250, 0, 'e')");
    let body = crate::orders::kit::order("1", 2);
    for app in [&web, &mobile] {
        let placed = app.post("/orders", &body).await;
        assert_eq!(placed.status, 202, "{}", placed.text);
        let (document, upstream) = recorder.last();
        for stage in [&document, &upstream.to_string(), &placed.text] {
            assert!(!stage.contains("Quill") && !OF_AN_ORDER.iter().any(|field| says(stage, field)), "{stage}");
        }
        let id = placed.json()["orderId"].as_i64().unwrap();
        for path in [format!("/orders/{id}"), "/orders?limit=5".to_owned()] {
            let (answer, statements) = server.statements_of(mobile.get(&path)).await;
            let (document, upstream) = recorder.last();
            let select: Vec<String> = statements.into_iter().filter(|sql| sql.starts_with("SELECT")).collect();
            assert_eq!((answer.status, select.len()), (200, 1), "one request is one SELECT: {select:?}");
            for stage in [&document, &upstream.to_string(), &select[0], &answer.text] {
                for field in OF_AN_ORDER {
                    assert!(!says(stage, field) && !says_column(stage, field), "mobile, {path}: {field} in {stage}");
                }
                assert!(!stage.contains("Quill") && !stage.contains("Main Street"), "mobile, {path}: {stage}");
                assert!(says(stage, "products"), "mobile, {path}: no products in {stage}");
            }
            let (answer, statements) = server.statements_of(web.get(&path)).await;
            let (document, upstream) = recorder.last();
            let select: Vec<String> = statements.into_iter().filter(|sql| sql.starts_with("SELECT")).collect();
            assert_eq!((answer.status, select.len()), (200, 2), "an order, and its history: {select:?}");
            for stage in [&document, &upstream.to_string(), &answer.text] {
                assert!(OF_AN_ORDER[..7].iter().all(|field| says(stage, field)), "web, {path}: {stage}");
            }
            assert!(
                OF_AN_ORDER[7..].iter().all(|field| select.iter().any(|sql| says_column(sql, field))),
                "{select:?}"
            );
        }
    }
}

/// Whether a statement has a column or a table.
fn says_column(sql: &str, name: &str) -> bool {
    sql.contains(&format!("`{name}`"))
}

#[tokio::test(flavor = "multi_thread")]
async fn mobile_fetches_of_an_account_neither_its_sessions_nor_when_it_was_made() {
    let (server, recorder, web, mobile) = setting(accounts::SERVICE).await;
    let made = web.post("/accounts", &json!({"email": "groot@example.com", "name": "Groot"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for path in [made.header("location"), "/accounts?email=groot@example.com"] {
        let stages = trace(&server, &recorder, &mobile, path).await;
        for stage in &stages {
            for field in ["createdAt", "created_at", "emailVerified", "email_verified", "sessions", "password"] {
                assert!(!says(stage, field), "mobile, {path}: {field} in {stage}");
            }
            assert!(says(stage, "role"), "mobile, {path}: no role in {stage}");
        }
        let (answer, statements) = server.statements_of(web.get(path)).await;
        let select: Vec<String> = statements.into_iter().filter(|sql| sql.starts_with("SELECT")).collect();
        assert_eq!((answer.status, select.len()), (200, 2), "an account, and its sessions: {select:?}");
        assert!(select[0].contains("`created_at`") && select[1].contains("`sessions`"), "{select:?}");
        assert!(!select.concat().contains("`password`"), "the hash is read to sign in alone: {select:?}");
    }
}
