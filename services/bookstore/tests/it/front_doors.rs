//! The same checks on three front doors: the built-in one, nginx and HAProxy as `deploy/front-door` sets them up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use graph_host::cors::Cors;
use graph_rest::Access;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind as Store;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::doors::{Door, Kind};
use crate::kit::{Answer, App, Bookstore, book, tokens};
use crate::process::free_address;

const STOCK: [Kind; 2] = [Kind::Nginx, Kind::HaProxy];

/// Runs `check` on the three front doors of one bookstore; `app` has a token and no client type.
async fn on_each_door(check: impl AsyncFn(&str, App)) {
    let access = Access { cors: Cors::read("https://shop.example").unwrap(), ..tokens().into() };
    let store = Bookstore::open_to(Store::Sqlite, access).await;
    assert_eq!(store.app("Web").post("/books", &book("1")).await.status, 201);
    let (web, mobile) = (store.at("web-bff").to_string(), store.at("mobile-bff").to_string());
    let app = |address: &str| App::new(format!("http://{address}")).with_token(&store.token());
    check("built-in", app(&store.at("gateway").to_string())).await;
    for kind in STOCK {
        let door = Door::start(kind, &web, &mobile, &[]).await;
        check(&format!("{kind:?}"), app(&door.address)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_client_is_led_to_its_bff() {
    on_each_door(async |door, app| {
        for (client_type, genre) in
            [("Web", "non-fiction"), ("iOS", "3"), ("Android", "3"), ("wEB", "non-fiction"), ("ios", "3")]
        {
            let answer = app.of_type(client_type).get("/books/1").await;
            assert_eq!((answer.status, &answer.json()["genre"]), (200, &json!(genre)), "{door}: {client_type}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_may_ask_before_it_says_what_it_is() {
    on_each_door(async |door, app| {
        let question = app.request(Method::OPTIONS, "/books/1").header("origin", "https://shop.example");
        let answer = Answer::to(question.header("access-control-request-method", "PUT")).await;
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!((answer.status, allowed), (200, "https://shop.example"), "{door}");
    })
    .await;
}

/// What a door says to a client type that is none: status, code, message and the header at fault.
async fn refusal(app: &App, types: &[&str], method: Method, path: &str) -> Value {
    let request = types.iter().fold(app.request(method, path), |request, one| request.header("x-client-type", *one));
    let answer = Answer::to(request.header("x-request-id", "id-of.the_request-1")).await;
    answer.is_problem(400, &["X-Client-Type"]);
    let problem = answer.json();
    assert_eq!((&problem["requestId"], &problem["detail"]), (&json!("id-of.the_request-1"), &problem["message"]));
    assert_eq!((answer.header("x-request-id"), answer.header("cache-control")), ("id-of.the_request-1", "no-store"));
    assert_eq!((&problem["type"], &problem["title"]), (&json!("about:blank"), &json!("Bad Request")));
    json!([problem["code"], problem["message"], problem["errors"][0]["header"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_unknown_type_is_refused_in_the_same_words() {
    let long = "x".repeat(41);
    let cases: [&[&str]; 8] =
        [&[], &["Windows"], &["Web, iOS"], &["W eb"], &["iOS2"], &["Web", "iOS"], &["Web", "Web"], &[&long]];
    let said = std::sync::Mutex::new(Vec::<Vec<Value>>::new());
    on_each_door(async |_, app| {
        let mut all = Vec::new();
        for types in cases {
            for (method, path) in [(Method::GET, "/books/1"), (Method::DELETE, "/nothing?x=1"), (Method::OPTIONS, "/")]
            {
                all.push(refusal(&app, types, method, path).await);
            }
        }
        // nginx cannot tell an empty one from none.
        app.of_type("").get("/books").await.is_problem(400, &["X-Client-Type"]);
        let head = "POST /books HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n";
        assert!(first_line(&app, head).await.starts_with("HTTP/1.1 400 "), "it comes before the size of a body");
        said.lock().unwrap().push(all);
    })
    .await;
    let said = said.into_inner().unwrap();
    assert_eq!((said.len(), &said[1], &said[2]), (3, &said[0], &said[0]));
}

/// The first line of the answer to a head whose body is not sent.
async fn first_line(app: &App, head: &str) -> String {
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await.unwrap();
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn status_is_the_doors_own_and_needs_nothing() {
    on_each_door(async |door, app| {
        for app in [&app.of_type("Windows"), &app, &app.of_type("Web")] {
            for path in ["/status", "/livez", "/readyz"] {
                app.get(path).await.is(200, &json!({"status": "OK"}));
                let head = Answer::to(app.request(Method::HEAD, path)).await;
                assert_eq!((head.status, head.text.as_str()), (200, ""), "{door}");
                let refused = app.post(path, &json!({})).await;
                refused.is_problem(405, &[path, "POST"]);
                assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS", "{door}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bffs_say_passes_unchanged() {
    on_each_door(async |door, app| {
        let web = app.of_type("Web");
        let get = Answer::to(web.request(Method::GET, "/books/1").header("x-request-id", "mine")).await;
        assert_eq!((get.header("x-request-id"), get.headers.get_all("x-request-id").iter().count()), ("mine", 1));
        let again = web.request(Method::GET, "/books/1").header("if-none-match", get.header("etag"));
        assert_eq!(Answer::to(again).await.status, 304, "{door}");
        let made = web.post("/books", &book("2")).await;
        assert_eq!((made.status, made.header("location")), (201, "/books/2"), "{door}");
        web.get("/nothing").await.is_problem(404, &["/nothing"]);
        web.with_token("x").get("/books/1").await.is_problem(401, &[]);
        web.get("/customers?userId=x").await.is_problem(400, &["userId"]);
        let odd = Answer::to(web.request(Method::GET, "/books/2").header("x-request-id", "a b")).await;
        assert!(!["", "a b"].contains(&odd.header("x-request-id")), "{door}");
        assert_eq!(web.get("/books").await.json().as_array().unwrap().len(), 2, "{door}");
        assert_eq!(web.delete("/books/2").await.status, 204, "{door}");
        assert_eq!(Answer::to(web.request(Method::HEAD, "/books/2")).await.status, 404, "{door}");
        assert!(!get.header("server").contains(|letter: char| letter.is_ascii_digit()), "{door} tells its version");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_limit_is_refused_in_json() {
    on_each_door(async |_, app| {
        let large = json!({"title": "x".repeat(2 * 1024 * 1024)}).to_string();
        for client_type in ["Web", "iOS"] {
            let app = app.of_type(client_type);
            let refused = app.send(Method::POST, "/books", large.clone()).await;
            refused.is_problem(413, &["at most 1048576 bytes"]);
            assert_eq!(refused.json()["code"], "BODY_TOO_LARGE");
            let almost = format!("{}{{}}", " ".repeat(1024 * 1024 - 2));
            app.send(Method::POST, "/customers", almost).await.is_problem(400, &["userId"]);
        }
    })
    .await;
}

/// An app at a stock front door whose BFFs are both at this address.
async fn before(kind: Kind, bff: &str, changes: &[(&str, &str)]) -> (Door, App) {
    let door = Door::start(kind, bff, bff, changes).await;
    let token = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
    let app = App::new(format!("http://{}", door.address)).of_type("Web").with_token(&token);
    (door, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bff_that_is_away_is_503_and_one_that_hangs_504() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_address = silent.local_addr().unwrap().to_string();
    for kind in STOCK {
        let (_door, app) = before(kind, &free_address(), &[]).await;
        let away = app.get("/books/1").await;
        away.is_problem(503, &["try again"]);
        assert_eq!((&away.json()["code"], away.header("retry-after")), (&json!("UNAVAILABLE"), "2"));
        app.get("/status").await.is(200, &json!({"status": "OK"}));

        let (_door, app) = before(kind, &silent_address, &[timeout_of_a_second(kind)]).await;
        let late = app.post("/books", &book("1")).await;
        late.is_problem(504, &["too long"]);
        assert_eq!(late.json()["code"], "UPSTREAM_TIMEOUT");
    }
}

fn timeout_of_a_second(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Nginx => ("proxy_read_timeout 35s", "proxy_read_timeout 1s"),
        Kind::HaProxy => ("timeout server 35s", "timeout server 1s"),
    }
}

/// A BFF that takes one request on each connection and breaks off without a word; it counts what began with `POST`.
async fn rude_bff() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, posts) = (listener.local_addr().unwrap().to_string(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&posts);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let length = stream.read(&mut head).await.unwrap_or(0);
            if head[..length].starts_with(b"GET /readyz") {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
            }
            counted.fetch_add(usize::from(head[..length].starts_with(b"POST")), Ordering::Relaxed);
        }
    });
    (address, posts)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_never_sent_twice() {
    for kind in STOCK {
        let (address, posts) = rude_bff().await;
        let (_door, app) = before(kind, &address, &[]).await;
        let broken = app.post("/books", &book("1")).await;
        assert!([502, 503].contains(&broken.status), "{kind:?}: {broken:?}");
        broken.is_problem(broken.status, &[]);
        assert_eq!(posts.load(Ordering::Relaxed), 1, "{kind:?}");
    }
}
