//! The list of books at any size: narrowed, paged, and sent while it is fetched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{App, apps_over, book, on_each, serve, tokens, with};

#[tokio::test(flavor = "multi_thread")]
async fn genre_and_author_narrow_the_list() {
    on_each(async |store| {
        let web = store.app("Web");
        let all: Vec<Value> = (0..24)
            .map(|n| {
                let (genre, author) =
                    (["fiction", "non-fiction", "3"][n % 3], ["Ann & Co", "Bo=b", "Ça; va?"][n / 3 % 3]);
                with(&book(&(100 + n).to_string()), json!({"genre": genre, "Author": author}))
            })
            .collect();
        for book in &all {
            assert_eq!(web.post("/books", book).await.status, 201);
        }
        let fit = |genre: &str, author: &str| -> Vec<&Value> {
            let fits = |book: &&Value| {
                (genre.is_empty() || book["genre"] == genre) && (author.is_empty() || book["Author"] == author)
            };
            all.iter().filter(fits).collect()
        };
        for genre in ["", "fiction", "non-fiction", "3", "Fiction", "poetry"] {
            for author in ["", "Ann & Co", "Bo=b", "Ça; va?", "Ann"] {
                let fitting = json!(fit(genre, author));
                web.get(&path(&[("genre", genre), ("author", author)])).await.is(200, &fitting);
                let first = web.get(&path(&[("genre", genre), ("limit", "3"), ("author", author)])).await;
                assert_eq!(all_pages(&web, first).await, fitting);
            }
        }
    })
    .await;
}

/// The path of a list with these parameters.
pub fn path(parameters: &[(&str, &str)]) -> String {
    let url = reqwest::Url::parse_with_params("http://books/books", parameters).unwrap();
    format!("/books?{}", url.query().unwrap_or_default())
}

/// A page and all those that its links lead to.
pub async fn all_pages(app: &App, first: crate::kit::Answer) -> Value {
    let (mut found, mut page) = (Vec::new(), first);
    loop {
        found.extend(page.json().as_array().unwrap().clone());
        match page.header("link").split_once('>') {
            Some((link, rel)) => {
                assert_eq!(rel, "; rel=\"next\"");
                page = app.get(link.trim_start_matches('<')).await;
            }
            None => return found.into(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mobile_asks_by_its_own_code() {
    let store = crate::kit::Bookstore::open(Kind::Sqlite).await;
    store.app("Web").post("/books", &book("1")).await.is(201, &book("1"));
    let fiction = with(&book("2"), json!({"genre": "fiction"}));
    store.app("Web").post("/books", &fiction).await.is(201, &fiction);
    for client_type in ["iOS", "Android"] {
        let shown = with(&book("1"), json!({"genre": "3"}));
        for genre in ["3", "non-fiction"] {
            store.app(client_type).get(&format!("/books?genre={genre}")).await.is(200, &json!([shown]));
        }
        store.app(client_type).get("/books?genre=fiction").await.is(200, &json!([fiction]));
    }
    store.app("Web").get("/books?genre=3").await.is(200, &json!([]));
}

/// A book service that has books without end, except that it hangs from one page on.
#[derive(Clone)]
struct Endless {
    asked: Arc<AtomicUsize>,
    hangs_at: usize,
}

async fn page(State(endless): State<Endless>, Json(request): Json<Value>) -> String {
    let nth = endless.asked.fetch_add(1, SeqCst);
    if nth >= endless.hangs_at {
        std::future::pending::<()>().await;
    }
    let first = request["variables"]["limit"].as_u64().unwrap();
    let fields =
        r#""title":"Awesome Mix","Author":"Peter Quill","description":"Songs.","genre":"g","price":59.95,"quantity":1"#;
    let books: Vec<String> =
        (0..first).map(|n| format!(r#"{{"ISBN":"{}",{fields}}}"#, 1_000_000 * nth as u64 + n)).collect();
    let info = format!(r#"{{"hasNextPage":true,"endCursor":"{nth}"}}"#);
    format!(r#"{{"data":{{"page":{{"nodes":[{}],"pageInfo":{info}}}}}}}"#, books.join(","))
}

/// An app of each type at a BFF over such a service.
async fn over(endless: &Endless) -> Vec<App> {
    let routes = Router::new().route("/graphql", post(page)).with_state(endless.clone());
    apps_over(&serve(routes).await, tokens().into()).await
}

async fn read(response: &mut Response, bytes: usize) -> usize {
    let mut read = 0;
    while read < bytes {
        read += response.chunk().await.unwrap().expect("there is no end").len();
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_no_longer_fetched_when_its_client_breaks_off() {
    let endless = Endless { asked: Arc::default(), hangs_at: usize::MAX };
    for app in over(&endless).await {
        endless.asked.store(0, SeqCst);
        let mut response = app.request(Method::GET, "/books").send().await.unwrap();
        read(&mut response, 2_000_000).await;
        assert!(endless.asked.load(SeqCst) > 10);
        drop(response);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let asked = endless.asked.load(SeqCst);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(endless.asked.load(SeqCst), asked, "pages are fetched for nobody");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_fetched_than_the_client_reads() {
    let endless = Endless { asked: Arc::default(), hangs_at: usize::MAX };
    let app = over(&endless).await.remove(0);
    let mut response = app.request(Method::GET, "/books").send().await.unwrap();
    read(&mut response, 1).await;
    // What fits into the sockets between them is sent ahead, and no more.
    let (mut before, mut asked) = (0, 1);
    while asked != before {
        assert!(asked < 200, "{asked} pages wait for a client that does not read");
        tokio::time::sleep(Duration::from_secs(2)).await;
        (before, asked) = (asked, endless.asked.load(SeqCst));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_is_sent_before_the_second_is_there() {
    let endless = Endless { asked: Arc::default(), hangs_at: 1 };
    for app in over(&endless).await {
        for coding in ["identity", "gzip", "br"] {
            endless.asked.store(0, SeqCst);
            let request = app.request(Method::GET, "/books").header("accept-encoding", coding);
            let mut response = request.send().await.unwrap();
            let chunk = tokio::time::timeout(Duration::from_secs(5), response.chunk()).await.expect("in time");
            assert!(chunk.unwrap().is_some_and(|chunk| !chunk.is_empty()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_fetches_one_page_of_the_list_at_most() {
    let endless = Endless { asked: Arc::default(), hangs_at: usize::MAX };
    for app in over(&endless).await {
        endless.asked.store(0, SeqCst);
        let head = app.request(Method::HEAD, "/books").send().await.unwrap();
        assert_eq!((head.status().as_u16(), head.text().await.unwrap().as_str()), (200, ""));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(endless.asked.load(SeqCst), 1);
    }
}
