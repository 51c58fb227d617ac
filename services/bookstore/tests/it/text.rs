//! `GET /books?text=`: the books that have all the words.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, CLIENT_TYPES, book, on_each, with};
use crate::lists::{all_pages, path};

/// A book of a shelf, number `n`, about various things.
fn nth(n: usize) -> Value {
    let (title, author) = (["The White Whale", "A whale", "White Été"][n % 3], ["Ann O'Hara", "Bo"][n / 3 % 2]);
    let (about, genre) = (format!("Volume {n}: sea & ships."), ["fiction", "poetry"][n / 6 % 2]);
    with(&book(&(100 + n).to_string()), json!({"title": title, "Author": author, "description": about, "genre": genre}))
}

#[tokio::test(flavor = "multi_thread")]
async fn all_the_words_of_the_text_are_in_each_book() {
    on_each(async |store| {
        let all: Vec<Value> = (0..24).map(nth).collect();
        for book in &all {
            assert_eq!(store.app("Web").post("/books", book).await.status, 201);
        }
        for (client_type, text, words) in [
            ("Web", "white whale", &["White", "Whale"][..]),
            ("iOS", "WHALE, white?", &["White", "Whale"]),
            ("Android", "\u{0}ships & été 🐳", &["Été"]),
            ("Web", "hara o", &["Ann O'Hara"]),
            ("iOS", "volume 7", &["Volume 7:"]),
            ("Web", "volume ship", &["nowhere"]),
        ] {
            let app = store.app(client_type);
            for genre in ["", "poetry"] {
                for author in ["", "Bo"] {
                    let has = |book: &Value| {
                        let all = format!("{} {} {}", book["title"], book["Author"], book["description"]);
                        words.iter().all(|word| all.contains(word))
                    };
                    let fits = |book: &&Value| {
                        has(book)
                            && (genre.is_empty() || book["genre"] == genre)
                            && (author.is_empty() || book["Author"] == author)
                    };
                    let fitting: Value = all.iter().filter(fits).cloned().collect();
                    let asked = [("text", text), ("genre", genre), ("author", author)];
                    app.get(&path(&asked)).await.is(200, &fitting);
                    let first = app.get(&path(&[&asked[..], &[("limit", "3")]].concat())).await;
                    assert_eq!(all_pages(&app, first).await, fitting, "{asked:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_found_at_once_and_the_page_has_another_tag() {
    on_each(async |store| {
        let (web, one, two) = (store.app("Web"), nth(0), with(&nth(0), json!({"title": "Sunk"})));
        let page = async |app: &App, tag: &str| {
            Answer::to(app.request(Method::GET, "/books?text=whale&limit=9").header("if-none-match", tag)).await
        };
        web.post("/books", &one).await.is(201, &one);
        let first = page(&web, "\"none\"").await;
        first.is(200, &json!([one]));
        assert_eq!(page(&web, first.header("etag")).await.status, 304);
        assert_ne!(page(&store.app("iOS"), "\"none\"").await.header("etag"), first.header("etag"));
        web.put("/books/100", &two).await.is(200, &two);
        page(&web, first.header("etag")).await.is(200, &json!([]));
        web.get("/books?text=sunk").await.is(200, &json!([two]));
        web.delete("/books/100").await;
        web.get("/books?text=sunk").await.is(200, &json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_for_is_refused_with_the_way_out() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (nine, long) = ("a b c d e f g h i", "whale ".repeat(51));
    for client_type in CLIENT_TYPES {
        let app = store.app(client_type);
        for (text, words) in [
            ("?!\u{0}🐳\u{301}", ["text has no word, it is", "letters or digits"]),
            (" ", ["text has no word, it is \" \"", "letters or digits"]),
            (nine, ["text must have at most 8 different words, it has 9", "leave some out"]),
            (&long, ["text must have at most 300 characters", ""]),
        ] {
            for limit in ["", "5"] {
                let answer = app.get(&path(&[("text", text), ("limit", limit)])).await;
                answer.is_problem(400, &words);
                assert_eq!(answer.json()["errors"][0]["parameter"], "text");
            }
        }
        app.get("/books?text=a&text=b").await.is_problem(400, &["text", "once"]);
        app.get("/books?text=&limit=5").await.is(200, &json!([]));
        let answer = app.get("/books?text=a&limit=5&after=%3F").await;
        assert_eq!(answer.json()["errors"][0]["parameter"], "after");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_refuses_it_too() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let graph = App::new(format!("http://{}", store.at("books"))).with_token(&store.token());
    let query = "query($text: String!) { books(filter: {text: $text}) { totalCount nodes { isbn } } }";
    let many: String = (0..10_000).map(|n| format!("w{n} ")).collect();
    for (text, refused) in [
        ("".to_owned(), true),
        (many, true),
        ("é".repeat(20_000), true),
        ("🐳".repeat(300), true),
        ("e\u{301}".repeat(150), false),
        ("\0\u{301}a\u{fff}".to_owned(), false),
        ("x".repeat(300), false),
    ] {
        let answer = graph.post("/graphql", &json!({"query": query, "variables": {"text": text}})).await.json();
        match refused {
            true => assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}"),
            false => assert_eq!(answer["data"]["books"], json!({"totalCount": 0, "nodes": []}), "{answer}"),
        }
        assert!(answer.to_string().len() < 400, "{answer}");
    }
}
