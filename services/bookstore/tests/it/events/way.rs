//! What is told in one service takes effect in another: within a moment, in the same trace, and as its schema says.

use std::time::{Duration, Instant};

use bookstore::settings::within;
use events::{Routes, Transport};
use futures_util::StreamExt;
use graph_host::identity::Role;
use lapin::options::{BasicConsumeOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties, Consumer};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Kind, RabbitMq};

use super::contract::schemas;
use crate::kit::{Answer, App, Bookstore};
use crate::people::PASSWORD;
use crate::process::{LISTEN, Process, free_address, wait_until_up};
use crate::traces::{Receiver, attribute};

/// How soon what was told has taken effect, in company with other tests.
const SOON: Duration = Duration::from_secs(5);

/// Somebody's review of a book.
async fn review(store: &Bookstore, app: &App, isbn: &str) {
    let book =
        json!({"ISBN": isbn, "title": "T", "Author": "A", "description": "D", "genre": "g", "price": 1, "quantity": 1});
    assert_eq!(store.app("Web").post("/books", &book).await.status, 201);
    let review = json!({"stars": 5, "title": "Good", "text": "It is good."});
    assert_eq!(app.post(&format!("/books/{isbn}/reviews"), &review).await.status, 201);
}

/// The reviews of a book, once their author is none of these.
async fn blanked(store: &Bookstore, isbn: &str, authors: &[&str]) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let reviews = store.app("Web").get(&format!("/books/{isbn}/reviews")).await.json();
        let reviews = reviews.as_array().unwrap().clone();
        if !reviews.iter().any(|review| authors.contains(&review["author"].as_str().unwrap())) {
            return reviews;
        }
        assert!(started.elapsed() < SOON, "{reviews:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reviews_of_a_removed_account_stay_and_name_nobody() {
    let broker = RabbitMq::start();
    for kind in Kind::ALL {
        for transport in [within(), Transport::Amqp(broker.url().parse().unwrap())] {
            println!("on {kind:?} over {transport:?}");
            let store = Bookstore::open_over(kind, transport).await;
            let mut ids = Vec::new();
            for nth in 0..2 {
                let person = store.person("Web", Role::Buyer, &format!("person-{nth}@example.com")).await;
                if nth == 0 {
                    review(&store, &person.app, "1").await;
                } else {
                    let review = json!({"stars": 1, "title": "Bad", "text": "It is bad."});
                    assert_eq!(person.app.post("/books/1/reviews", &review).await.status, 201);
                }
                ids.push(person.id.clone());
                let before = store.app("Web").get("/books/1/reviews?limit=10").await.header("etag").to_owned();
                let removed = person.app.request(Method::DELETE, &format!("/accounts/{}", person.id));
                assert_eq!(Answer::to(removed).await.status, 204);
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let reviews = blanked(&store, "1", &ids).await;
                assert_eq!(reviews.len(), nth + 1, "{reviews:?}");
                let after = store.app("Web").get("/books/1/reviews?limit=10").await.header("etag").to_owned();
                assert_ne!(before, after, "a client would keep the name");
            }
            let reviews = blanked(&store, "1", &[]).await;
            let texts: Vec<&Value> = reviews.iter().map(|review| &review["text"]).collect();
            assert_eq!(texts, ["It is bad.", "It is good."]);
            assert_ne!(reviews[0]["author"], reviews[1]["author"]);
        }
    }
}

/// All that is told from now on.
pub async fn listen(broker: &RabbitMq) -> (Connection, Consumer) {
    let connection = Connection::connect(&broker.url(), ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let (queue, all) = (QueueDeclareOptions::default(), FieldTable::default());
    channel.queue_declare("everything".into(), queue, all.clone()).await.unwrap();
    let bind = QueueBindOptions::default();
    channel.queue_bind("everything".into(), "bookstore.events".into(), "#".into(), bind, all.clone()).await.unwrap();
    let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    let consumer = channel.basic_consume("everything".into(), "".into(), options, all).await.unwrap();
    (connection, consumer)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_as_its_schema_says_and_in_the_trace_of_its_request() {
    let broker = RabbitMq::start();
    let store = Bookstore::open_over(Kind::Sqlite, Transport::Amqp(broker.url().parse().unwrap())).await;
    let person = store.person("Web", Role::Seller, "person@example.com").await;
    review(&store, &person.app, "1").await;
    // The first one declares the exchange; it is done when it was heard.
    let first = store.person("Web", Role::Buyer, "first@example.com").await;
    let gone = Answer::to(first.app.request(Method::DELETE, &format!("/accounts/{}", first.id))).await;
    assert_eq!(gone.status, 204);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (_connection, mut consumer) = listen(&broker).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let removed = person.app.request(Method::DELETE, &format!("/accounts/{}", person.id));
    let removed = removed.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    assert_eq!(Answer::to(removed).await.status, 204);
    let delivery = tokio::time::timeout(SOON, consumer.next()).await.unwrap().unwrap().unwrap();
    let event: Value = serde_json::from_slice(&delivery.data).unwrap();
    assert!(event["traceparent"].as_str().unwrap().contains(trace), "{event}");
    assert_eq!(event["data"], json!({"accountId": person.id, "role": "seller"}));
    assert_eq!((&event["subject"], &event["source"]), (&json!(person.id), &json!("/accounts")));
    let kind = event["type"].as_str().unwrap();
    assert_eq!((kind, delivery.routing_key.as_str()), ("AccountRemoved", "AccountRemoved"));
    let (_, schema) = schemas("").into_iter().find(|(name, _)| name == kind).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    assert!(validator.is_valid(&event["data"]), "{event}");
    assert_eq!(Routes::of(kind).unwrap().from, "accounts");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_from_the_request_to_what_follows_from_its_event() {
    let (receiver, endpoint) = Receiver::start().await;
    let folder = tempfile::TempDir::new().unwrap();
    let listen = LISTEN.map(|name| (name, free_address()));
    let mut settings: Vec<(&str, &str)> = listen.iter().map(|(name, address)| (*name, &**address)).collect();
    let data = folder.path().to_string_lossy().into_owned();
    settings.extend([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("BOOKSTORE_DATA_DIR", &data),
        ("RUST_LOG", "error"),
    ]);
    let _bookstore = Process::start("bookstore", &settings);
    for (_, address) in &listen {
        wait_until_up(address).await;
    }
    let app = App::new(format!("http://{}", listen[0].1)).of_type("Web");
    let account = json!({"email": "a@example.com", "password": PASSWORD, "name": "N"});
    let made = app.post("/signup", &account).await.json();
    let path = format!("/accounts/{}", made["account"]["id"].as_str().unwrap());
    let app = app.with_token(made["accessToken"].as_str().unwrap());
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let removed = app.request(Method::DELETE, &path).header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    assert_eq!(Answer::to(removed).await.status, 204);
    let number = |spans: &[(String, Span)], name: &str| spans.iter().filter(|(_, span)| span.name == name).count();
    let whole = |spans: &[(String, Span)]| number(spans, "AccountRemoved") == 2 && number(spans, "deleteAccount") > 0;
    let spans = receiver.wait(trace, whole).await;
    let heard = spans.iter().filter(|(_, span)| span.name == "AccountRemoved").map(|(_, span)| span);
    let mut parts = Vec::new();
    for event in heard {
        assert_eq!(event.kind(), SpanKind::Consumer);
        parts.push(attribute(event, "part"));
        // It follows from what the account service did.
        let told = spans.iter().find(|(_, span)| span.span_id == event.parent_span_id);
        assert_eq!(told.unwrap().1.name, "deleteAccount", "{spans:?}");
    }
    parts.sort_unstable();
    assert_eq!(parts, ["orders", "reviews"]);
}
