//! Books with texts as long as they may be: a list of them is a list.

use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Bookstore, book, with};

/// So many of the longest books are more than one page's bytes.
const BOOKS: usize = 450;

/// A bookstore with only the longest books.
async fn store() -> Bookstore {
    let store = Bookstore::open(Kind::Sqlite).await;
    let web = store.app("Web");
    for n in 0..BOOKS {
        let longest = json!({"description": "\"x\" ".repeat(2_500)});
        assert_eq!(web.post("/books", &with(&book(&format!("{n:03}")), longest)).await.status, 201);
    }
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_ends_where_it_would_get_too_large_and_the_next_one_begins_there() {
    let store = store().await;
    let web = store.app("Web");
    let page = web.get("/books?limit=450").await;
    let first = page.json().as_array().unwrap().len();
    assert!((400..BOOKS).contains(&first), "{first} books came");
    let next = page.header("link").trim_start_matches('<').split('>').next().unwrap().to_owned();
    assert_eq!(web.get(&next).await.json().as_array().unwrap().len(), BOOKS - first);
    let all: Vec<Value> = web.get("/books").await.json().as_array().unwrap().clone();
    let expected: Vec<String> = (0..BOOKS).map(|n| format!("{n:03}")).collect();
    assert_eq!(all.iter().map(|book| book["ISBN"].as_str().unwrap()).collect::<Vec<_>>(), expected);
}
