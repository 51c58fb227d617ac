//! One request's trace, seen whole across its parts, as an OTLP receiver gets it; and what it does not say.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;
use serde_json::{Value, json};
use testkit::{Database, Kind};

use crate::kit::{App, SECRET, book, customer, serve, tokens};
use crate::process::{PATIENCE, Process, free_address, wait_until_up};

/// The trace and the span of a client, as it sends them.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// An OTLP receiver: the spans that arrived, each with the service that sent it.
#[derive(Clone, Default)]
pub struct Receiver(Arc<Mutex<Vec<(String, Span)>>>);

impl Receiver {
    /// Listens; gives its address as well.
    pub async fn start() -> (Self, String) {
        let receiver = Self::default();
        let routes = Router::new().route("/v1/traces", post(Self::take)).with_state(receiver.clone());
        let address = serve(routes).await;
        (receiver, address)
    }

    async fn take(State(receiver): State<Self>, body: Bytes) -> Bytes {
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        for resource in request.resource_spans {
            let attributes = resource.resource.unwrap().attributes;
            let service = attributes.iter().find(|one| one.key == "service.name").unwrap();
            let service = text(service.value.as_ref().and_then(|value| value.value.as_ref()));
            let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
            receiver.0.lock().unwrap().extend(spans.map(|span| (service.clone(), span)));
        }
        Bytes::new()
    }

    fn all(&self) -> Vec<(String, Span)> {
        self.0.lock().unwrap().clone()
    }

    /// Waits for the spans of a trace until they are what `enough` wants.
    pub async fn wait(&self, trace: &str, enough: impl Fn(&[(String, Span)]) -> bool) -> Vec<(String, Span)> {
        let started = Instant::now();
        loop {
            let mut spans = self.all();
            spans.retain(|(_, span)| hex(&span.trace_id) == trace);
            if enough(&spans) {
                return spans;
            }
            let names: Vec<&str> = spans.iter().map(|(_, span)| span.name.as_str()).collect();
            assert!(started.elapsed() < PATIENCE, "only these spans arrived: {names:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn text(value: Option<&Any>) -> String {
    match value {
        Some(Any::StringValue(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

pub fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key == name);
    text(found.and_then(|one| one.value.as_ref()).and_then(|value| value.value.as_ref()))
}

/// What a process writes to standard error, line by line.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn of(process: &mut Process) -> Self {
        let (log, lines) = (Self::default(), BufReader::new(process.child.stderr.take().unwrap()).lines());
        let written = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut text = written.0.lock().unwrap();
                text.push_str(&line);
                text.push('\n');
            }
        });
        log
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    /// Waits for a line that has all of these words, and gives it as JSON.
    async fn line(&self, words: &[&str]) -> Value {
        let started = Instant::now();
        loop {
            let text = self.text();
            if let Some(line) = text.lines().find(|line| words.iter().all(|word| line.contains(word))) {
                return serde_json::from_str(line).unwrap();
            }
            assert!(started.elapsed() < PATIENCE, "no line has {words:?}: {text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A web BFF and both services as processes, over MariaDB, with their logs.
struct Parts {
    web: String,
    token: String,
    logs: HashMap<&'static str, Log>,
    processes: Vec<Process>,
    _databases: [Database; 2],
}

impl Parts {
    async fn start(more: &[(&str, &str)]) -> Self {
        let databases = [Database::new(Kind::MariaDb), Database::new(Kind::MariaDb)];
        let [web, books, customers] = [(); 3].map(|()| free_address());
        let (books_url, customers_url) = (format!("http://{books}/graphql"), format!("http://{customers}/graphql"));
        let settings = [
            ("WEB_BFF_LISTEN", &*web),
            ("BOOKS_LISTEN", &books),
            ("CUSTOMERS_LISTEN", &customers),
            ("BOOKS_URL", &books_url),
            ("CUSTOMERS_URL", &customers_url),
            ("BOOKS_DATABASE_URL", databases[0].url()),
            ("CUSTOMERS_DATABASE_URL", databases[1].url()),
            ("JWT_SECRET", SECRET),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ];
        let settings = [&settings[..], more].concat();
        let (mut processes, mut logs) = (Vec::new(), HashMap::new());
        for (name, address) in [("book-service", &books), ("customer-service", &customers), ("web-bff", &web)] {
            let mut process = Process::start(name, &settings);
            logs.insert(name, Log::of(&mut process));
            wait_until_up(address).await;
            processes.push(process);
        }
        let token = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
        Self { web, token, logs, processes, _databases: databases }
    }

    fn app(&self) -> App {
        App::new(format!("http://{}", self.web)).of_type("Web").with_token(&self.token)
    }

    /// Reads a path as a client that has begun a trace.
    async fn get_traced(&self, path: &str) -> u16 {
        let parent = format!("00-{TRACE}-{SPAN}-01");
        let request = self.app().request(reqwest::Method::GET, path).header("traceparent", parent);
        request.send().await.unwrap().status().as_u16()
    }

    /// Asks the processes to end, and gives their exit codes.
    fn stop(&mut self) -> Vec<Option<i32>> {
        self.processes.iter().for_each(|process| process.signal("-TERM"));
        self.processes.iter_mut().map(Process::code).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_trace_from_the_app_to_the_sql() {
    let (receiver, endpoint) = Receiver::start().await;
    let parts = Parts::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    assert_eq!(parts.app().post("/books", &book("978-0-14-143951-8")).await.status, 201);
    assert_eq!(parts.get_traced("/books/978-0-14-143951-8").await, 200);
    let spans = receiver.wait(TRACE, |spans| spans.len() >= 5).await;
    let mut parent = SPAN.to_owned();
    for (service, name, kind) in [
        ("web-bff", "GET /books/{ISBN}", SpanKind::Server),
        ("web-bff", "BooksByIsbn", SpanKind::Client),
        ("book-service", "POST /graphql", SpanKind::Server),
        ("book-service", "booksByIsbn", SpanKind::Internal),
        ("book-service", "SELECT books", SpanKind::Client),
    ] {
        let found = spans.iter().find(|(of, span)| of == service && span.name == name);
        let (_, span) = found.unwrap_or_else(|| panic!("no {name} of {service} in {spans:?}"));
        assert_eq!((hex(&span.parent_span_id), span.kind()), (parent, kind), "{name}");
        assert!(span.start_time_unix_nano < span.end_time_unix_nano);
        parent = hex(&span.span_id);
    }
    let statement = &spans.iter().find(|(_, span)| span.name == "SELECT books").unwrap().1;
    assert_eq!(attribute(statement, "db.system.name"), "mysql");
    assert_eq!(attribute(statement, "db.collection.name"), "books");
    assert!(attribute(statement, "db.query.text").starts_with("SELECT "));
    for part in ["web-bff", "book-service"] {
        let line = parts.logs[part].line(&["answered", TRACE]).await;
        assert_eq!(
            (&line["trace"], &line["part"], &line["status"]),
            (&json!(TRACE), &json!(part), &json!(200)),
            "{line}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_linked_to_all_who_wait_for_it() {
    let (receiver, endpoint) = Receiver::start().await;
    let parts = Parts::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let app = parts.app();
    let reads = (0..200).map(|n| {
        let app = app.clone();
        tokio::spawn(async move { app.get(&format!("/books/{n}")).await.status })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap(), 404);
    }
    let started = Instant::now();
    let joint =
        || receiver.all().into_iter().map(|(_, span)| span).find(|span| span.name == "batch" && !span.links.is_empty());
    while joint().is_none() {
        assert!(started.elapsed() < PATIENCE, "no batch has links");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let batch = joint().unwrap();
    let traces: Vec<&[u8]> = batch.links.iter().map(|link| &link.trace_id[..]).collect();
    assert!(traces.iter().all(|trace| trace.len() == 16 && *trace != batch.trace_id), "others, not its own");
    // Each part sends its spans in its own time.
    let whole = |spans: &[(String, Span)]| {
        let has = |known: &dyn Fn(&Span) -> bool| spans.iter().any(|(_, span)| known(span));
        has(&|span| span.name.starts_with("SELECT")) && has(&|span| span.span_id == batch.parent_span_id)
    };
    let spans = receiver.wait(&hex(&batch.trace_id), whole).await;
    let first = spans.iter().find(|(_, span)| span.span_id == batch.parent_span_id);
    assert_eq!(first.unwrap().1.name, "GET /books/{ISBN}", "it is a child of the first who waited");
}

/// Uses the parts with things that nobody but their owner should see; gives those.
async fn use_with_secrets(parts: &Parts) -> Vec<String> {
    let app = parts.app();
    let (isbn, email) = ("979-1-2345-6789-6", "yondu.udonta@ravagers.example");
    assert_eq!(app.post("/books", &book(isbn)).await.status, 201);
    assert_eq!(app.post("/books", &book(isbn)).await.status, 422);
    assert_eq!(app.post("/customers", &customer(email)).await.status, 201);
    for path in ["/books/{}", "/books/isbn/{}", "/books?limit=5&after={}", "/books?text={}", "/books?after={}"] {
        assert_eq!(app.get(&path.replace("{}", isbn)).await.status, 200, "{path}");
    }
    for path in ["/customers/1", &format!("/customers?userId={email}")] {
        assert_eq!(app.get(path).await.status, 200);
    }
    assert_eq!(app.get(&format!("/nowhere/{isbn}/{email}?token={}", parts.token)).await.status, 404);
    assert_eq!(app.get(&format!("/customers?userId=@{email}")).await.status, 400);
    let mut broken = customer(email);
    broken["state"] = json!("Yondu's own state");
    assert_eq!(app.put("/customers/1", &broken).await.status, 400);
    assert_eq!(app.with_token("not-a-token.at-all.x").get("/books").await.status, 401);
    assert_eq!(app.put(&format!("/books/{isbn}"), &book(isbn)).await.status, 200);
    assert_eq!(app.delete(&format!("/books/{isbn}")).await.status, 204);
    assert_eq!(app.delete("/customers/1").await.status, 204);
    let signature = parts.token.rsplit('.').next().unwrap().to_owned();
    let plain = isbn.replace('-', "");
    let others = [
        "yondu",
        "ravagers",
        "not-a-token",
        "Rocket",
        "48 Milano Way",
        "412-555-0123",
        "Awesome Mix",
        "own state",
        "gamora",
    ];
    [&[signature, plain, isbn.to_owned(), email.to_owned(), SECRET.to_owned()][..], &others.map(str::to_owned)].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_spans_nor_logs_give_anybody_away() {
    let (receiver, endpoint) = Receiver::start().await;
    let mut parts = Parts::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let secrets = use_with_secrets(&parts).await;
    assert_eq!(parts.stop(), [Some(0); 3], "and the last spans are sent");
    let spans = receiver.all();
    for name in ["INSERT books", "INSERT customers", "UPDATE books", "DELETE customers", "createBook", "COMMIT"] {
        assert!(spans.iter().any(|(_, span)| span.name == name), "no {name} in {spans:?}");
    }
    let logs: String = parts.logs.values().map(Log::text).collect();
    assert!(logs.lines().count() > 30, "{logs}");
    for (what, text) in [("the spans", format!("{spans:?}")), ("the logs", logs)] {
        for secret in &secrets {
            let at = text.find(secret.as_str()).map(|at| &text[text.floor_char_boundary(at.saturating_sub(300))..]);
            assert_eq!(at.map(|text| text.chars().take(400).collect::<String>()), None, "{what} say {secret:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_down_or_hangs_hurts_nobody_and_is_named_once() {
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    for endpoint in [free_address(), hanging.local_addr().unwrap().to_string()] {
        let endpoint = format!("http://{endpoint}");
        let mut parts = Parts::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
        for _ in 0..3 {
            for _ in 0..20 {
                assert_eq!(parts.get_traced("/books/111").await, 404);
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        let log = parts.logs["web-bff"].clone();
        log.line(&["traces cannot be sent"]).await;
        assert_eq!(parts.stop(), [Some(0); 3]);
        assert_eq!(log.text().matches("traces cannot be sent").count(), 1, "{}", log.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_endpoint_the_logs_have_one_trace_id_all_the_same() {
    let parts = Parts::start(&[]).await;
    assert_eq!(parts.get_traced("/books/111").await, 404);
    for part in ["web-bff", "book-service"] {
        assert_eq!(parts.logs[part].line(&["answered", TRACE]).await["part"], part);
    }
    let answer = parts.app().get("/customers/7").await;
    let id = answer.header("x-request-id");
    let [web, service] = [
        parts.logs["web-bff"].line(&["answered", id]).await,
        parts.logs["customer-service"].line(&["answered", id]).await,
    ];
    let trace = web["trace"].as_str().unwrap();
    assert!(trace.len() == 32 && trace != TRACE && trace != "0".repeat(32), "{trace}");
    assert_eq!(web["trace"], service["trace"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_decide_that_it_is_not_traced() {
    let (receiver, endpoint) = Receiver::start().await;
    let mut parts = Parts::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let parent = format!("00-{TRACE}-{SPAN}-00");
    let request = parts.app().request(reqwest::Method::GET, "/books/111").header("traceparent", parent);
    assert_eq!(request.send().await.unwrap().status(), 404);
    parts.logs["book-service"].line(&["answered", TRACE]).await;
    assert_eq!(parts.stop(), [Some(0); 3]);
    assert!(receiver.all().iter().all(|(_, span)| hex(&span.trace_id) != TRACE));
}
