//! A service that is down, slow or out of its mind.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use graph_call::Upstream;
use graph_documents::Mode;
use graph_serve::GraphSettings;
use testkit::{Database, Kind, MariaDb};

use crate::kit::{App, CLIENT_TYPES, book, serve, tokens};

/// An app of each type whose BFF has only this upstream.
async fn apps(upstream: &str) -> Vec<App> {
    let upstream = Upstream::try_new("book", &format!("{upstream}/graphql"), Mode::Open).unwrap();
    let web = serve(bff_web::app(upstream.clone(), upstream.clone(), tokens())).await;
    let mobile = serve(bff_mobile::app(upstream.clone(), upstream, tokens())).await;
    let token = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
    let base = |client_type: &str| if client_type == "Web" { web.clone() } else { mobile.clone() };
    CLIENT_TYPES.iter().map(|one| App::new(base(one)).of_type(one).with_token(&token)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_is_503_and_says_when_to_try_again() {
    for app in apps("http://127.0.0.1:1").await {
        for path in ["/books", "/books/1", "/customers/1"] {
            let answer = app.get(path).await;
            answer.is_problem(503, &["try again"]);
            assert!(answer.header("retry-after").parse::<u32>().is_ok());
        }
        app.post("/books", &book("1")).await.is_problem(503, &[]);
        assert_eq!(app.get("/status").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_hangs_is_504() {
    let hangs = Router::new().route("/graphql", post(|| async { std::future::pending::<()>().await }));
    let app = apps(&serve(hangs).await).await.remove(0);
    app.get("/books/1").await.is_problem(504, &["slow"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_talks_nonsense_is_502() {
    for (status, body) in [
        (200, String::new()),
        (200, "<html>".to_owned()),
        (200, "{}".to_owned()),
        (200, "[]".to_owned()),
        (200, r#"{"data": {"other": 1}}"#.to_owned()),
        (200, r#"{"data": {"found": {"title": 1}, "books": 7}}"#.to_owned()),
        (200, r#"{"errors": [{"message": "SELECT secret"}]}"#.to_owned()),
        (500, "panicked at main.rs".to_owned()),
        (302, String::new()),
        (200, "x".repeat(60 * 1024 * 1024)),
    ] {
        let code = StatusCode::from_u16(status).unwrap();
        let excerpt: String = body.chars().take(60).collect();
        let nonsense = Router::new().route("/graphql", post(move || async move { (code, body) }));
        for app in apps(&serve(nonsense).await).await {
            let answer = app.get("/books?limit=1").await;
            assert!((500..=503).contains(&answer.status), "{status} {excerpt:?}: {}", answer.text);
            answer.is_problem(answer.status, &["try again"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_went_away_is_503_and_comes_back() {
    let database = Database::new(Kind::MariaDb);
    let url = database.url().parse().unwrap();
    store::migrate(&url, books::store::MIGRATIONS).await.unwrap();
    let db = store::Db::open(&url).unwrap();
    let service = serve(books::service::routes(db, tokens(), GraphSettings::default()).unwrap()).await;
    let app = apps(&service).await.remove(0);
    assert_eq!(app.post("/books", &book("1")).await.status, 201);
    let server = MariaDb::shared();
    let name = database.name();
    server.run(&format!("RENAME TABLE {name}.books TO {name}.hidden"));
    app.get("/books/1").await.is_problem(503, &["try again"]);
    server.run(&format!("RENAME TABLE {name}.hidden TO {name}.books"));
    server.cut_connections(name);
    app.get("/books/1").await.is(200, &book("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_does_not_stop_a_write() {
    let store = crate::kit::Bookstore::open(Kind::MariaDb).await;
    let app = store.app("Web");
    for n in 0..40 {
        let write = app.post("/books", &book(&n.to_string())).await;
        assert_eq!(write.status, 201);
        let replaced = book(&n.to_string());
        let hasty =
            app.request(reqwest::Method::PUT, &format!("/books/{n}")).header("content-type", "application/json");
        let _ = tokio::time::timeout(Duration::from_micros(100 * n), hasty.body(replaced.to_string()).send()).await;
    }
    for n in 0..40 {
        app.get(&format!("/books/{n}")).await.is(200, &book(&n.to_string()));
    }
}
