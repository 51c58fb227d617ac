//! Clients that hang up, at each moment at which a request waits for something.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use graph_documents::Mode;
use graph_host::load::Load;
use graph_serve::GraphSettings;
use serde_json::{Value, json};
use store::Db;
use testkit::{Database, Kind, MariaDb};
use tower::ServiceExt;

use crate::kit::{all_at, book, serve, setup, tokens, with};

/// How many times a request is asked whether it is done, at most.
const MOMENTS: usize = 60;

/// A future that is dropped when it was asked so often whether it is done.
struct Dropped<F> {
    future: Pin<Box<F>>,
    left: usize,
}

impl<F: Future> Future for Dropped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.future.as_mut().poll(context).map(Some)
    }
}

/// Sends a request for every moment at which it could be left; gives how many moments there were.
async fn leave_at_each_moment(app: &Router, request: impl Fn(usize) -> Request<Body>) -> usize {
    for left in 1..MOMENTS {
        let sent = app.clone().oneshot(request(left));
        let done = Dropped { future: Box::pin(sent), left }.await;
        if let Some(Ok(answer)) = done {
            let read = Dropped { future: Box::pin(axum::body::to_bytes(answer.into_body(), usize::MAX)), left: 1 };
            drop(read.await);
            return left;
        }
        // What goes on by itself may need the connection that was left.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it was asked {MOMENTS} times and is not done");
}

fn request(method: &str, path: &str, body: &Value) -> Request<Body> {
    let token = tokens().mint("gamora", Duration::from_secs(600)).unwrap();
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let request = request.header("x-client-type", "Web").header("content-type", "application/json");
    request.body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) }).unwrap()
}

/// Nothing is left behind in the database: no transaction, no connection that does something, no half of a book.
async fn nothing_is_left(database: &Database) {
    let (server, name) = (MariaDb::shared(), database.name());
    let busy = format!(
        "SELECT COUNT(*) FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id \
        WHERE db = '{name}'; \
        SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{name}' AND command <> 'Sleep'"
    );
    for _ in 0..100 {
        if server.run(&busy) == "0\n0\n" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.run(&busy), "0\n0\n", "a transaction or a statement goes on");
    let halves = format!(
        "SELECT COUNT(*) FROM {name}.books WHERE isbn_key NOT IN (SELECT isbn_key FROM {name}.book_words); \
        SELECT COUNT(*) FROM {name}.book_words WHERE isbn_key NOT IN (SELECT isbn_key FROM {name}.books)"
    );
    assert_eq!(server.run(&halves), "0\n0\n", "a book without its words, or words without their book");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_leaves_no_transaction_no_connection_and_no_half_write() {
    let database = Database::new(Kind::MariaDb);
    let url = database.url().parse().unwrap();
    store::migrate(&url, books::store::MIGRATIONS).await.unwrap();
    let db = Db::open(&url).unwrap();
    let service = books::SERVICE.app(setup(db.clone(), GraphSettings::default()), Load::default()).unwrap();
    let web =
        graph_rest::app(&bff_web::CLIENT, &all_at(&serve(service.clone()).await, Mode::Open), tokens().into()).unwrap();

    let graph =
        |query: &str, variables: Value| request("POST", "/graphql", &json!({"query": query, "variables": variables}));
    let input = |isbn: &str, quantity: usize| {
        json!({"isbn": isbn, "title": "Awesome Mix", "author": "Quill", "description": "Songs.", "genre": "g",
            "price": "9.99", "quantity": quantity})
    };
    let create = "mutation ($input: BookInput!, $key: String) { createBook(input: $input, idempotencyKey: $key) { __typename } }";
    let update =
        "mutation ($isbn: String!, $input: BookInput!) { updateBook(isbn: $isbn, input: $input) { __typename } }";
    let delete = "mutation ($isbn: String!) { deleteBook(isbn: $isbn) { __typename } }";
    let mut moments = 0;
    moments += leave_at_each_moment(&service, |n| {
        graph(create, json!({"input": input(&format!("1{n}"), n), "key": format!("key {n}")}))
    })
    .await;
    moments += leave_at_each_moment(&service, |n| graph(create, json!({"input": input(&format!("2{n}"), n)}))).await;
    moments += leave_at_each_moment(&service, |n| graph(update, json!({"isbn": "11", "input": input("11", n)}))).await;
    moments += leave_at_each_moment(&service, |n| graph(delete, json!({"isbn": format!("2{n}")}))).await;
    moments += leave_at_each_moment(&service, |_| {
        graph("{ book(isbn: \"11\") { title } books(first: 5) { nodes { title } totalCount } }", json!({}))
    })
    .await;
    nothing_is_left(&database).await;
    for n in 0..5 {
        let isbn = |n: usize| format!("3{n}");
        moments += leave_at_each_moment(&web, |n| request("POST", "/books", &with(&book(&isbn(n)), json!({})))).await;
        moments += leave_at_each_moment(&web, |_| request("GET", "/books/31", &Value::Null)).await;
        moments += leave_at_each_moment(&web, |_| request("GET", "/books", &Value::Null)).await;
        moments +=
            leave_at_each_moment(&web, |q| request("PUT", "/books/31", &with(&book("31"), json!({"quantity": q + n}))))
                .await;
        moments +=
            leave_at_each_moment(&web, |n| request("DELETE", &format!("/books/{}", isbn(n)), &Value::Null)).await;
    }
    assert!(moments > 60, "only {moments} moments were tried");
    nothing_is_left(&database).await;

    // All places in the pool are there.
    let reads = (0..64).map(|_| web.clone().oneshot(request("GET", "/books?limit=1", &Value::Null)));
    for answer in futures_util::future::join_all(reads).await {
        assert_eq!(answer.unwrap().status(), 200);
    }
    let Db::MySql(pool) = &db else { panic!("the database is MariaDB") };
    let pool = pool.status();
    assert_eq!((pool.available, pool.waiting), (pool.size, 0), "a connection never came back: {pool:?}");
    assert!(pool.size <= pool.max_size, "{pool:?}");
}
