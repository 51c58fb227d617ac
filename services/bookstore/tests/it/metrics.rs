//! What the bookstore counts, as Prometheus reads it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Database, Kind};

use crate::kit::{App, SECRET, book, customer, tokens};
use crate::people::PASSWORD;
use crate::process::{PATIENCE, Process, free_address};

/// A whole bookstore in one process, with a port for its metrics.
pub struct Watched {
    pub metrics: String,
    front_door: String,
    books: String,
    _process: Process,
    _databases: [Database; 4],
}

impl Watched {
    /// Over MariaDB, with these settings beside the usual ones.
    pub fn start(more: &[(&str, &str)]) -> Self {
        let databases = [(); 4].map(|()| Database::new(Kind::MariaDb));
        let [metrics, front_door, web, mobile, books, customers, reviews, accounts, orders, payments, delivery] =
            [(); 11].map(|()| free_address());
        let settings = [
            ("METRICS_LISTEN", &*metrics),
            ("GATEWAY_LISTEN", &front_door),
            ("WEB_BFF_LISTEN", &web),
            ("MOBILE_BFF_LISTEN", &mobile),
            ("BOOKS_LISTEN", &books),
            ("CUSTOMERS_LISTEN", &customers),
            ("REVIEWS_LISTEN", &reviews),
            ("ACCOUNTS_LISTEN", &accounts),
            ("ORDERS_LISTEN", &orders),
            ("PAYMENTS_LISTEN", &payments),
            ("DELIVERY_LISTEN", &delivery),
            ("BOOKS_DATABASE_URL", databases[0].url()),
            ("CUSTOMERS_DATABASE_URL", databases[1].url()),
            ("REVIEWS_DATABASE_URL", databases[2].url()),
            ("ACCOUNTS_DATABASE_URL", databases[3].url()),
            ("JWT_SECRET", SECRET),
            // Nobody reads its log, and a pipe that is full would stop it.
            ("RUST_LOG", "error"),
        ];
        let mut process = Process::start("bookstore", &[&settings[..], more].concat());
        Process::wait_for(process.child.stdout.take(), "Ctrl-C stops it.");
        Self { metrics, front_door, books, _process: process, _databases: databases }
    }

    pub fn app(&self, client_type: &str) -> App {
        at(&self.front_door).of_type(client_type)
    }

    /// Everything that is counted, as text.
    pub async fn text(&self) -> String {
        let answer = App::new(format!("http://{}", self.metrics)).get("/metrics").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
        assert!(answer.text.ends_with("# EOF\n"));
        answer.text
    }

    /// What real clients do: reads that succeed and fail, writes, a list, a retried POST, and documents of their own.
    pub async fn use_it(&self) {
        let (web, mobile) = (self.app("Web"), self.app("iOS"));
        web.post("/books", &book("111")).await;
        for _ in 0..2 {
            let again = web.request(Method::POST, "/books").header("content-type", "application/json");
            let again = again.header("idempotency-key", "key-1").body(book("222").to_string());
            assert_eq!(again.send().await.unwrap().status(), 201);
        }
        mobile.post("/customers", &customer("a@example.com")).await;
        for path in ["/books/111", "/books/isbn/111", "/books/999", "/books?limit=10", "/books", "/customers/1"] {
            web.get(path).await;
            mobile.get(path).await;
        }
        web.get("/customers?userId=a@example.com").await;
        web.post("/signin", &json!({"email": "a@example.com", "password": "a guess"})).await;
        let somebody = json!({"email": "gone@example.com", "password": PASSWORD, "name": "N"});
        let somebody = web.post("/signup", &somebody).await.json();
        let (id, token) = (somebody["account"]["id"].as_str().unwrap(), somebody["accessToken"].as_str().unwrap());
        let gone = web.with_token(token).request(Method::DELETE, &format!("/accounts/{id}"));
        assert_eq!(gone.send().await.unwrap().status(), 204);
        let asked = json!({"query": "query Mine { alias: books(first: 3) { nodes { title } } }"});
        at(&self.books).post("/graphql", &asked).await;
        at(&self.books).post("/graphql", &json!({"query": "{ nonsense }"})).await;
    }
}

fn at(address: &str) -> App {
    let token = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
    App::new(format!("http://{address}")).with_token(&token)
}

/// The value of the series `name` whose labels, in whatever order, include `labels`; they are added up.
#[track_caller]
pub fn value(text: &str, name: &str, labels: &[&str]) -> f64 {
    let of_name = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
    let fitting: Vec<&str> = of_name.filter(|line| labels.iter().all(|label| line.contains(label))).collect();
    assert!(!fitting.is_empty(), "no {name} with {labels:?} in {text}");
    fitting.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_was_done_is_counted() {
    let bookstore = Watched::start(&[]);
    bookstore.use_it().await;
    // What follows from an event is done a moment later.
    let started = std::time::Instant::now();
    let mut text = bookstore.text().await;
    let gone = |line: &str| line.contains("AccountRemoved") && line.contains("\"done\"");
    while text.lines().filter(|line| line.starts_with("bookstore_events_total{") && gone(line)).count() < 2 {
        assert!(started.elapsed() < PATIENCE, "{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
        text = bookstore.text().await;
    }
    let value = |name: &str, labels: &[&str]| value(&text, name, labels);
    assert_eq!(value("bookstore_sign_ins_total", &["outcome=\"wrong\""]), 1.0);
    let told = ["service=\"accounts\"", "event=\"AccountRemoved\""];
    // It is told once, and carried to reviews and to orders.
    for (outcome, times) in [("told", 1.0), ("carried", 2.0)] {
        let outcome = format!("outcome={outcome:?}");
        assert_eq!(value("bookstore_events_total", &[&told[..], &[&outcome]].concat()), times);
    }
    let heard = ["service=\"reviews\"", "event=\"AccountRemoved\""];
    assert_eq!(value("bookstore_events_total", &[&heard[..], &["outcome=\"done\""]].concat()), 1.0);
    assert_eq!(value("bookstore_event_lag_seconds_count", &heard), 1.0);
    assert_eq!(value("bookstore_events_parked", &["service=\"reviews\""]), 0.0);
    let read = ["part=\"web-bff\"", "method=\"GET\"", "route=\"/books/{ISBN}\""];
    assert_eq!(value("bookstore_http_requests_total", &[&read[..], &["status=\"200\""]].concat()), 1.0);
    assert_eq!(value("bookstore_http_requests_total", &[&read[..], &["status=\"404\""]].concat()), 1.0);
    assert_eq!(value("bookstore_http_request_duration_seconds_count", &read), 2.0);
    let books = "part=\"book-service\"";
    assert_eq!(
        value("bookstore_graphql_operations_total", &[books, "operation=\"createBook\"", "outcome=\"ok\""]),
        3.0
    );
    assert_eq!(value("bookstore_graphql_operations_total", &[books, "outcome=\"refused\""]), 1.0);
    assert!(value("bookstore_graphql_operations_total", &[books, "operation=\"books\""]) >= 5.0);
    assert!(value("bookstore_graphql_documents_total", &[books, "found=\"remembered\""]) >= 3.0);
    let calls = ["part=\"mobile-bff\"", "upstream=\"books\""];
    let called = value("bookstore_upstream_calls_total", &[&calls[..], &["outcome=\"ok\""]].concat());
    assert!(called >= 5.0);
    assert_eq!(value("bookstore_upstream_call_duration_seconds_count", &calls), called);
    assert_eq!(value("bookstore_breaker_state", &calls), 0.0);
    assert_eq!(value("bookstore_retries_total", &calls), 0.0);
    let document = ["part=\"web-bff\"", "document=\"BooksByIsbn\""];
    assert_eq!(value("bookstore_coalesced_reads_total", &document), 3.0);
    assert_eq!(value("bookstore_coalesced_batch_keys_sum", &document), 3.0);
    assert!(value("bookstore_shared_read_calls_total", &["part=\"web-bff\""]) >= 2.0);
    assert_eq!(value("bookstore_idempotent_requests_total", &["database=\"books\"", "outcome=\"first\""]), 1.0);
    assert_eq!(value("bookstore_idempotent_requests_total", &["database=\"books\"", "outcome=\"again\""]), 1.0);
    assert_eq!(value("bookstore_pool_connections", &["database=\"books\"", "state=\"max\""]), 16.0);
    assert!(value("bookstore_pool_connections", &["database=\"customers\"", "state=\"open\""]) >= 1.0);
    assert!(value("bookstore_pool_wait_seconds_count", &["database=\"books\""]) >= 5.0);
    for (name, part) in [("shed", "book-service"), ("stale", "web-bff")] {
        assert_eq!(value(&format!("bookstore_{name}_total"), &[&format!("part={part:?}")]), 0.0);
    }
    assert!(value("process_resident_memory_bytes", &[]) > 1e6);
    assert!(value("process_open_fds", &[]) > 10.0);
    assert!(value("process_start_time_seconds", &[]) > 1.7e9);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_fetched_is_weighed_against_what_is_sent() {
    let bookstore = Watched::start(&[]);
    let (web, mobile) = (bookstore.app("Web"), bookstore.app("iOS"));
    assert_eq!(mobile.post("/customers", &customer("a@example.com")).await.status, 201);
    let mut sent = 0;
    for _ in 0..3 {
        sent = web.get("/books").await.text.len();
        mobile.get("/customers/1").await;
    }
    let text = bookstore.text().await;
    let bytes = |what: &str, part: &str, route: &str| {
        value(
            &text,
            &format!("bookstore_bff_{what}_bytes_total"),
            &[&format!("part={part:?}"), &format!("route={route:?}")],
        )
    };
    let all = u32::try_from(3 * sent).unwrap();
    assert_eq!(bytes("sent", "web-bff", "/books"), f64::from(all), "also what is sent while it is fetched");
    for (part, route) in [("web-bff", "/books"), ("mobile-bff", "/customers/{id}")] {
        let ratio = bytes("fetched", part, route) / bytes("sent", part, route);
        assert!((1.0..2.5).contains(&ratio), "{part} fetches {ratio} times what it sends at {route}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_cannot_invent_series() {
    let bookstore = Watched::start(&[]);
    let series = async || {
        let text = bookstore.text().await;
        let ours = text.lines().filter(|line| line.starts_with("bookstore_") && !line.contains("_bucket{"));
        // Parts ask for keys whenever it is time.
        let ours = ours.filter(|line| !line.contains("/.well-known/"));
        ours.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    let strange = async |n: u32| {
        let app = bookstore.app("Web");
        app.get(&format!("/books/{n}")).await;
        app.get(&format!("/nowhere/{n}")).await;
        app.request(Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap(), "/books").send().await.unwrap();
        let asked = json!({"query": format!("query Q{n} {{ a{n}: __typename }}"), "operationName": format!("Q{n}")});
        at(&bookstore.books).post("/graphql", &asked).await;
        at(&bookstore.books).post("/graphql", &json!({"query": format!("{{ field{n} }}")})).await;
        at(&bookstore.books).get(&format!("/{n}")).await;
    };
    strange(0).await;
    // What the sample's books lead to is done a while later.
    let mut before = Vec::new();
    for _ in 0..60 {
        let now = series().await;
        if now == before {
            break;
        }
        before = now;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    for n in 1..20 {
        strange(n).await;
    }
    assert_eq!(series().await, before);
    assert!(!before.iter().any(|line| line.contains("BREW") || line.contains("nowhere")), "{before:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_has_nothing_but_metrics() {
    let bookstore = Watched::start(&[]);
    let port = App::new(format!("http://{}", bookstore.metrics));
    for path in ["/", "/status", "/metrics/", "/books", "/graphql"] {
        assert_eq!(port.get(path).await.status, 404, "{path}");
    }
    assert_eq!(port.post("/metrics", &Value::Null).await.status, 404);
    for address in [&bookstore.front_door, &bookstore.books] {
        assert_ne!(at(address).of_type("Web").get("/metrics").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_process_can_have_the_port() {
    for name in ["web-bff", "mobile-bff", "book-service", "customer-service", "account-service", "review-service"] {
        let (database, metrics, listen) = (Database::new(Kind::Sqlite), free_address(), free_address());
        let variable = format!("{}_LISTEN", name.replace("-service", "s"));
        let settings = [
            ("METRICS_LISTEN", &*metrics),
            (&*variable.replace('-', "_").to_uppercase(), &listen),
            ("BOOKS_DATABASE_URL", database.url()),
            ("CUSTOMERS_DATABASE_URL", database.url()),
            ("REVIEWS_DATABASE_URL", database.url()),
            ("ACCOUNTS_DATABASE_URL", database.url()),
            ("JWT_SECRET", SECRET),
        ];
        let _process = Process::start(name, &settings);
        crate::process::wait_until_up(&listen).await;
        App::new(format!("http://{listen}")).get("/status").await;
        let text = App::new(format!("http://{metrics}")).get("/metrics").await.text;
        assert_eq!(value(&text, "bookstore_http_requests_total", &[&format!("part={name:?}"), "/status"]), 1.0);
    }
}
