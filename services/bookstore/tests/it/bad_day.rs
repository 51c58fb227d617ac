//! A service that is down, slow or out of its mind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use graph_rest::Access;
use graph_serve::GraphSettings;
use reqwest::Method;
use serde_json::json;
use testkit::{Database, Kind, MariaDb};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::kit::{App, apps_over, book, serve, setup, tokens};

/// An app of each type whose BFF has only this upstream.
async fn apps(upstream: &str) -> Vec<App> {
    apps_with(upstream, tokens().into()).await
}

/// The same, of BFFs with these settings.
async fn apps_with(upstream: &str, access: Access) -> Vec<App> {
    apps_over(upstream, access).await
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
async fn a_service_that_failed_often_is_left_alone_and_found_again() {
    let (asked, well) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let service = {
        let (asked, well) = (Arc::clone(&asked), Arc::clone(&well));
        Router::new().route(
            "/graphql",
            post(move || async move {
                asked.fetch_add(1, Ordering::SeqCst);
                match well.load(Ordering::SeqCst) {
                    true => (StatusCode::OK, r#"{"data": {"found": [null]}}"#),
                    false => (StatusCode::INTERNAL_SERVER_ERROR, ""),
                }
            }),
        )
    };
    let app = apps(&serve(service).await).await.remove(0);
    for _ in 0..10 {
        app.get("/books/1").await.is_problem(502, &["try again"]);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 10);
    for _ in 0..50 {
        let answer = app.get("/books/1").await;
        answer.is_problem(answer.status, &["try again"]);
        assert!(answer.status == 502 || !answer.header("retry-after").is_empty());
    }
    let probes = asked.load(Ordering::SeqCst) - 10;
    assert!(probes < 10, "{probes} of 50 calls reached a service that was to be left alone");
    well.store(true, Ordering::SeqCst);
    let mut found = 0;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        found += usize::from(app.get("/books/1").await.status == 404);
    }
    assert!(found > 10, "it was not found again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_made_again_and_a_write_only_with_a_key() {
    let asked = Arc::new(AtomicUsize::new(0));
    let service = {
        let asked = Arc::clone(&asked);
        // Every second call is answered.
        Router::new().route(
            "/graphql",
            post(move || async move {
                match asked.fetch_add(1, Ordering::SeqCst) % 2 {
                    0 => (StatusCode::SERVICE_UNAVAILABLE, ""),
                    _ => (
                        StatusCode::OK,
                        r#"{"data": {"found": [null], "result": {"refusal": "TAKEN", "message": "taken"}}}"#,
                    ),
                }
            }),
        )
    };
    let app = apps(&serve(service).await).await.remove(0);
    let calls = || asked.swap(0, Ordering::SeqCst);
    app.get("/books/1").await.is_problem(404, &[]);
    assert_eq!(calls(), 2);
    app.post("/books", &book("1")).await.is_problem(503, &[]);
    assert_eq!(calls(), 1);
    app.delete("/books/1").await.is_problem(503, &[]);
    assert_eq!(calls(), 1);
    let keyed = app.request(reqwest::Method::POST, "/books").header("idempotency-key", "k");
    let keyed = keyed.header("content-type", "application/json").body(book("1").to_string());
    crate::kit::Answer::to(keyed).await.is_problem(422, &[]);
    assert_eq!(calls(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_of_late_is_given_again_while_the_service_is_away_and_says_so() {
    let away = Arc::new(AtomicBool::new(false));
    let service = {
        let away = Arc::clone(&away);
        let row = r#"{"version":"1","ISBN":"0-1","title":"t","Author":"a","description":"d","genre":"g","price":1,"quantity":1}"#;
        let page = format!(r#"{{"data": {{"page": {{"nodes": [{row}], "pageInfo": {{"hasNextPage": false}}}}}}}}"#);
        let found = format!(r#"{{"data": {{"found": [{row}]}}}}"#);
        Router::new().route(
            "/graphql",
            post(move |body: String| async move {
                match away.load(Ordering::SeqCst) {
                    true => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
                    false if body.contains("BooksByIsbn") => (StatusCode::OK, found),
                    false => (StatusCode::OK, page),
                }
            }),
        )
    };
    let service = serve(service).await;
    let access = Access { stale: Some(Duration::from_secs(60)), ..tokens().into() };
    let (keeps, keeps_not) = (apps_with(&service, access).await.remove(0), apps(&service).await.remove(0));
    let paths = ["/books/0-1", "/books?limit=5"];
    for path in paths {
        for app in [&keeps, &keeps_not] {
            let fresh = app.get(path).await;
            assert_eq!((fresh.status, fresh.header("age"), fresh.header("warning")), (200, "", ""));
        }
    }
    away.store(true, Ordering::SeqCst);
    for path in paths {
        let stale = keeps.get(path).await;
        assert_eq!((stale.status, stale.header("warning")), (200, "110 - \"Response is Stale\""), "{}", stale.text);
        assert!(stale.header("age").parse::<u64>().unwrap() < 60 && stale.text.contains("\"t\""));
        keeps_not.get(path).await.is_problem(503, &[]);
    }
    for path in ["/books/01", "/books/02", "/books", "/books?limit=6", "/customers/1"] {
        keeps.get(path).await.is_problem(503, &["try again"]);
    }
    let other = keeps.with_token(&tokens().mint("starlord", Duration::from_secs(60)).unwrap());
    other.get("/books/0-1").await.is_problem(503, &[]);
    // Another spelling of the same key: too much is forgotten rather than too little.
    keeps.delete("/books/01").await.is_problem(503, &[]);
    for path in paths {
        keeps.get(path).await.is_problem(503, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deadline_of_a_request_ends_its_statement_and_frees_its_connection() {
    let store = crate::kit::Bookstore::open(Kind::MariaDb).await;
    let app = store.app("Web");
    assert_eq!(app.post("/books", &book("1")).await.status, 201);
    let (server, name) = (MariaDb::shared(), store.database(0).to_owned());
    let lock = format!("LOCK TABLES {name}.books WRITE; SELECT SLEEP(4)");
    let locks = std::thread::spawn(move || server.run(&lock));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    let hasty = |method, path| app.request(method, path).header("prefer", "wait=1");
    let change = hasty(Method::PUT, "/books/1").header("content-type", "application/json");
    let (read, changed) = tokio::join!(
        crate::kit::Answer::to(hasty(Method::GET, "/books/1")),
        crate::kit::Answer::to(change.body(crate::kit::with(&book("1"), json!({"quantity": 7})).to_string())),
    );
    read.is_problem(504, &["slow"]);
    changed.is_problem(504, &["slow"]);
    assert!(began.elapsed() < Duration::from_secs(3), "nobody is still waiting for the lock: {:?}", began.elapsed());
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let busy = format!(
        "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{name}' AND command <> 'Sleep'; \
        SELECT COUNT(*) FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id \
        WHERE db = '{name}'"
    );
    assert_eq!(server.run(&busy), "0\n0\n");
    locks.join().unwrap();
    app.get("/books/1").await.is(200, &book("1"));
}

/// Serves on a socket by hand: what `talk` does with each connection, whose request was read.
async fn talks<F: Future<Output = ()> + Send>(talk: impl Fn(TcpStream) -> F + Clone + Send + 'static) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let talk = talk.clone();
            tokio::spawn(async move {
                let mut request = [0; 8192];
                if stream.read(&mut request).await.is_ok() {
                    talk(stream).await;
                }
            });
        }
    });
    address
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_or_trickles_ends_at_the_deadline_and_leaves_nothing() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    let resets = talks(async |stream: TcpStream| stream.set_zero_linger().unwrap()).await;
    let breaks_off = talks(async |mut stream: TcpStream| stream.write_all(HEAD).await.unwrap()).await;
    let trickles = talks(async |mut stream: TcpStream| {
        let _ = stream.write_all(HEAD).await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let cases = [(resets, 503), (breaks_off, 503), (trickles.await, 504)];
    for (service, status) in cases {
        let app = apps(&service).await.remove(0);
        // More of them are kept from it by the breaker.
        for path in ["/books/1", "/books?limit=3", "/customers/1"] {
            let began = Instant::now();
            let hasty = app.request(Method::GET, path).header("prefer", "wait=1");
            crate::kit::Answer::to(hasty).await.is_problem(status, &["try again"]);
            assert!(began.elapsed() < Duration::from_secs(5), "{path}: {:?}", began.elapsed());
        }
        let before = descriptors();
        for _ in 0..50 {
            let hasty = app.request(Method::GET, "/books/1").header("prefer", "wait=0");
            let answer = crate::kit::Answer::to(hasty).await;
            answer.is_problem(answer.status, &["try again"]);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(descriptors() < before + 20, "{before} descriptors became {}", descriptors());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_talks_nonsense_is_502() {
    for (status, body) in [
        (200, String::new()),
        (200, "<html>".to_owned()),
        (200, "{}".to_owned()),
        (200, "[]".to_owned()),
        (200, r#"{"data": {"other": 1}}"#.to_owned()),
        (200, r#"{"data": {"found": {"title": 1}, "page": 7}}"#.to_owned()),
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
    let service = serve(books::routes(setup(db, GraphSettings::default())).unwrap()).await;
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
