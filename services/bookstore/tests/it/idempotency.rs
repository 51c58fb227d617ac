//! POST with an `Idempotency-Key` takes effect once.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::{Database, Kind};

use crate::kit::{Answer, App, Bookstore, SECRET, book, customer, on_each, tokens, with};
use crate::process::{PATIENCE, Process, free_address, wait_until_up};

fn request(app: &App, path: &str, key: &str, body: &Value) -> RequestBuilder {
    let request = app.request(Method::POST, path).header("idempotency-key", key);
    request.header("content-type", "application/json").body(body.to_string())
}

async fn post(app: &App, path: &str, key: &str, body: &Value) -> Answer {
    Answer::to(request(app, path, key, body)).await
}

/// Everything of an answer that a client goes by. The id in a problem is that of its own request, not of the first.
fn told(answer: &Answer) -> (u16, String, [String; 3]) {
    (
        answer.status,
        answer.text.replace(answer.header("x-request-id"), ""),
        ["location", "etag", "content-type"].map(|name| answer.header(name).to_owned()),
    )
}

/// The body of the thing `n`.
type Body = fn(&str) -> Value;

const BODIES: [(&str, Body); 2] = [("/books", book), ("/customers", |n| customer(&format!("{n}@example.com")))];

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_gets_the_first_answer_whatever_happened_since() {
    on_each(async |store| {
        let app = store.app("Web");
        for (path, body) in BODIES {
            let body = body("1");
            let first = post(&app, path, "\"8e03978e-40d5\"", &body).await;
            assert_eq!(first.status, 201, "{}", first.text);
            let at = first.header("location").to_owned();
            for key in ["\"8e03978e-40d5\"", "8e03978e-40d5"] {
                assert_eq!(told(&post(&app, path, key, &body).await), told(&first), "{key}");
            }
            assert_eq!(app.put(&at, &body).await.status, 200);
            assert_eq!(told(&post(&app, path, "8e03978e-40d5", &body).await), told(&first));
            app.delete(&at).await;
            assert_eq!(told(&post(&app, path, "8e03978e-40d5", &body).await), told(&first));
            app.get(&at).await.is_problem(404, &[]);
            let mobile = post(&store.app("iOS"), path, "8e03978e-40d5", &body).await;
            assert_eq!((mobile.status, mobile.header("location")), (201, at.as_str()));
            assert!(mobile.json().get("address").is_none() && mobile.header("etag") != first.header("etag"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_repeated_and_another_body_is_refused() {
    on_each(async |store| {
        let app = store.app("Android");
        let gamora = app.with_token(&store.tokens.mint("gamora", Duration::from_secs(60)).unwrap());
        for (path, body) in BODIES {
            let at = post(&app, path, "a", &body("1")).await.header("location").to_owned();
            let taken = post(&app, path, "b", &body("1")).await;
            taken.is_problem(422, &["already exists in the system."]);
            app.delete(&at).await;
            assert_eq!(told(&post(&app, path, "b", &body("1")).await), told(&taken));
            post(&app, path, "a", &body("2")).await.is_problem(422, &["idempotency key", "another input"]);
            assert_eq!(post(&gamora, path, "a", &body("2")).await.status, 201, "another subject has keys of its own");
            let invalid = with(&body("3"), json!({if path == "/books" { "title" } else { "name" }: ""}));
            post(&app, path, "c", &invalid).await.is_problem(400, &[]);
            assert_eq!(post(&app, path, "c", &body("3")).await.status, 201, "what was not even tried is not kept");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_make_one() {
    on_each(async |store| {
        let app = store.app("Web");
        for (path, body) in BODIES {
            for n in 0..5 {
                let mut all = tokio::task::JoinSet::new();
                for _ in 0..20 {
                    let (app, body) = (app.clone(), body(&n.to_string()));
                    all.spawn(async move { post(&app, path, &format!("k{n}"), &body).await });
                }
                let answers = all.join_all().await;
                assert_eq!(answers[0].status, 201, "{}", answers[0].text);
                assert!(answers.iter().all(|answer| told(answer) == told(&answers[0])), "{answers:?}");
            }
        }
        assert_eq!(app.get("/books").await.json().as_array().unwrap().len(), 5);
        let last = app.post("/customers", &customer("last@example.com")).await.json()["id"].as_u64().unwrap();
        let made = customers_up_to(&app, last).await;
        assert_eq!(made, 6, "five customers, and the last one");
    })
    .await;
}

/// How many customers there are up to a number.
async fn customers_up_to(app: &App, last: u64) -> usize {
    let mut found = 0;
    for id in 1..=last {
        found += usize::from(app.get(&format!("/customers/{id}")).await.status == 200);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused_by_its_header() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    let long = "k".repeat(256);
    for key in ["", "\"\"", "\"a", "a b", "\"a\";b", &long] {
        post(&app, "/books", key, &book("1")).await.is_problem(400, &["Idempotency-Key"]);
    }
    app.get("/books/1").await.is_problem(404, &[]);
    let query = "mutation($input: BookInput!) { createBook(input: $input, idempotencyKey: \"a b\") { __typename } }";
    let mut input = book("1");
    for (rest, graph) in [("ISBN", "isbn"), ("Author", "author")] {
        input[graph] = input[rest].take();
        input.as_object_mut().unwrap().remove(rest);
    }
    let graph = App::new(format!("http://{}", store.at("books"))).with_token(&store.token());
    let answer = graph.post("/graphql", &json!({"query": query, "variables": {"input": input}})).await;
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_kill_9_of_the_bff_or_the_service_creates_one_row() {
    for kind in Kind::ALL {
        let database = Database::new(kind);
        let [web, books] = [(); 2].map(|()| free_address());
        let url = format!("http://{books}/graphql");
        let start_bff =
            || Process::start("web-bff", &[("JWT_SECRET", SECRET), ("BOOKS_URL", &url), ("WEB_BFF_LISTEN", &web)]);
        let settings = [("JWT_SECRET", SECRET), ("BOOKS_DATABASE_URL", database.url()), ("BOOKS_LISTEN", &books)];
        let start_service = || Process::start("book-service", &settings);
        let (mut bff, mut service) = (start_bff(), start_service());
        wait_until_up(&web).await;
        wait_until_up(&books).await;
        let token = tokens().mint("gamora", Duration::from_secs(600)).unwrap();
        let mut seen = [0, 0];
        for n in 0..24_u32 {
            let app = App::new(format!("http://{web}")).of_type("Web").with_token(&token);
            let (key, body) = (format!("k{n}"), book(&n.to_string()));
            let first = tokio::spawn(request(&app, "/books", &key, &body).send());
            // From before it arrives until after it was answered.
            tokio::time::sleep(Duration::from_micros(u64::from(n / 2) * 1500)).await;
            if n % 2 == 0 {
                bff.signal("-KILL");
                bff.code();
                bff = start_bff();
            } else {
                service.signal("-KILL");
                service.code();
                service = start_service();
            }
            let first = first.await.unwrap().ok().filter(|answer| answer.status() == 201);
            seen[usize::from(first.is_some())] += 1;
            let retried = retry(&web, &books, &app, &key, &body).await;
            retried.is(201, &body);
            if let Some(first) = first {
                assert_eq!(first.headers()["etag"], retried.header("etag"), "round {n}");
            }
            assert_eq!(app.get(&format!("/books/{n}")).await.header("etag"), retried.header("etag"), "round {n}");
        }
        println!("on {kind:?}: the first answer was lost {} times and seen {} times", seen[0], seen[1]);
        let app = App::new(format!("http://{web}")).of_type("Web").with_token(&token);
        assert_eq!(app.get("/books").await.json().as_array().unwrap().len(), 24);
    }
}

/// Sends the same again until the bookstore is there.
async fn retry(web: &str, books: &str, app: &App, key: &str, body: &Value) -> Answer {
    wait_until_up(web).await;
    wait_until_up(books).await;
    let started = Instant::now();
    loop {
        let answer = post(app, "/books", key, body).await;
        if !matches!(answer.status, 502..=504) {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
