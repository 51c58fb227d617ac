//! The REST table, row by row, for every client type, on both kinds of database.

use serde_json::{Value, json};

use crate::kit::{App, CLIENT_TYPES, book, customer, on_each, with, without};

/// A book as the app of this type gets it.
fn book_for(client_type: &str, book: &Value) -> Value {
    match (client_type, book["genre"].as_str()) {
        ("iOS" | "Android", Some("non-fiction")) => with(book, json!({"genre": "3"})),
        _ => book.clone(),
    }
}

/// A customer as the app of this type gets it.
fn customer_for(client_type: &str, id: u64, customer: &Value) -> Value {
    let customer = with(customer, json!({"id": id}));
    match client_type {
        "Web" => customer,
        _ => ["address", "address2", "city", "state", "zipcode"].iter().fold(customer, |all, name| without(&all, name)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn books() {
    on_each(async |store| {
        for client_type in CLIENT_TYPES {
            one_book(&store.app(client_type), client_type).await;
        }
    })
    .await;
}

async fn one_book(app: &App, client_type: &str) {
    let written = book("978-0-13-235088-x");
    let shown = book_for(client_type, &written);
    app.get("/books/978013235088X").await.is_problem(404, &["978013235088X"]);
    app.put("/books/978-0-13-235088-X", &written).await.is_problem(404, &[]);
    app.delete("/books/978-0-13-235088-X").await.is_problem(404, &[]);

    let created = app.post("/books", &written).await;
    created.is(201, &shown);
    assert!(created.header("location").ends_with("/books/978-0-13-235088-x"), "{:?}", created.headers);
    app.post("/books", &written).await.is_problem(422, &["This ISBN already exists in the system."]);
    let other_spelling = with(&written, json!({"ISBN": "978013235088X"}));
    app.post("/books", &other_spelling).await.is_problem(422, &["This ISBN already exists in the system."]);

    for path in ["/books/978-0-13-235088-x", "/books/978013235088X", "/books/isbn/9780132350-88x"] {
        app.get(path).await.is(200, &shown);
    }
    app.get("/books").await.is(200, &json!([shown]));

    let changed = with(&written, json!({"genre": "fiction", "price": 0.01, "quantity": 0, "title": "Vol. 2 🎵"}));
    app.put("/books/978-0-13-235088-X", &changed).await.is(200, &changed);
    app.get("/books/978-0-13-235088-X").await.is(200, &changed);
    app.put("/books/978-0-13-235088-1", &changed).await.is_problem(400, &["ISBN"]);

    let deleted = app.delete("/books/978-0-13-235088-X").await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    app.get("/books/978-0-13-235088-X").await.is_problem(404, &[]);
    app.get("/books").await.is(200, &json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn customers() {
    on_each(async |store| {
        for client_type in CLIENT_TYPES {
            one_customer(&store.app(client_type), client_type).await;
        }
    })
    .await;
}

async fn one_customer(app: &App, client_type: &str) {
    let written = customer("Rocket@example.com");
    app.get("/customers?userId=rocket@example.com").await.is_problem(404, &["rocket@example.com"]);

    let created = app.post("/customers", &written).await;
    let id = created.json()["id"].as_u64().expect("a numeric id");
    let shown = customer_for(client_type, id, &written);
    created.is(201, &shown);
    assert!(created.header("location").ends_with(&format!("/customers/{id}")), "{:?}", created.headers);
    app.post("/customers", &written).await.is_problem(422, &["This user ID already exists in the system."]);

    let path = format!("/customers/{id}");
    app.get(&path).await.is(200, &shown);
    app.get("/customers?userId=rocket@example.com").await.is(200, &shown);

    let moved = with(&written, json!({"city": "Honolulu", "state": "HI", "address2": null, "phone": "555"}));
    app.put(&path, &moved).await.is(200, &customer_for(client_type, id, &moved));
    app.put(&path, &without(&moved, "address2")).await.is(200, &customer_for(client_type, id, &moved));
    app.put(&path, &with(&moved, json!({"id": id}))).await.is(200, &customer_for(client_type, id, &moved));
    app.put(&path, &with(&moved, json!({"id": id + 1}))).await.is_problem(400, &["id"]);
    app.get(&path).await.is(200, &customer_for(client_type, id, &moved));

    let groot = app.post("/customers", &customer("groot@example.com")).await.json()["id"].clone();
    app.put(&path, &customer("groot@example.com"))
        .await
        .is_problem(422, &["This user ID already exists in the system."]);
    assert_eq!(app.delete(&format!("/customers/{groot}")).await.status, 204);

    let deleted = app.delete(&path).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    app.get(&path).await.is_problem(404, &[]);
    app.put(&path, &written).await.is_problem(404, &[]);
    app.delete(&path).await.is_problem(404, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_books_is_whole_and_can_be_paged() {
    on_each(async |store| {
        let app = store.app("Web");
        let all: Vec<Value> = (1000..1007).map(|n| book(&format!("{n}-X"))).collect();
        for book in all.iter().rev() {
            assert_eq!(app.post("/books", book).await.status, 201);
        }
        app.get("/books").await.is(200, &Value::from(all.clone()));
        app.get("/books?limit=&after=").await.is(200, &Value::from(all.clone()));

        let (mut path, mut found) = ("/books?limit=3".to_owned(), Vec::new());
        while !path.is_empty() {
            let page = app.get(&path).await;
            found.extend(page.json().as_array().unwrap().clone());
            let link = page.header("link");
            assert!(link.is_empty() || link.ends_with("; rel=\"next\""), "{link}");
            path = link.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
        }
        assert_eq!(found, all);
        app.get("/books?limit=3&after=1002-X").await.is(200, &Value::from(all[3..6].to_vec()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_longer_than_one_fetch_is_one_array() {
    let store = crate::kit::Bookstore::open(testkit::Kind::Sqlite).await;
    let app = store.app("iOS");
    for n in 0..1001 {
        assert_eq!(app.post("/books", &book(&format!("{}", 10_000 + n))).await.status, 201);
    }
    let answer = app.get("/books").await.json();
    let books = answer.as_array().unwrap();
    assert_eq!(books.len(), 1001);
    assert!(books.iter().all(|book| book["genre"] == "3"));
    assert!(books.windows(2).all(|pair| pair[0]["ISBN"].as_str() < pair[1]["ISBN"].as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_sends_a_book_back_does_not_change_its_genre() {
    let store = crate::kit::Bookstore::open(testkit::Kind::Sqlite).await;
    store.app("Web").post("/books", &book("1")).await.is(201, &book("1"));
    let seen = store.app("iOS").get("/books/1").await.json();
    assert_eq!(seen["genre"], "3");
    store.app("iOS").put("/books/1", &seen).await.is(200, &seen);
    store.app("Web").get("/books/1").await.is(200, &book("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_says_that_it_is_up() {
    let store = crate::kit::Bookstore::open(testkit::Kind::Sqlite).await;
    for (_, address) in &store.listen.0 {
        App::new(format!("http://{address}")).get("/status").await.is(200, &json!({"status": "OK"}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_keep_their_digits() {
    on_each(async |store| {
        let app = store.app("Web");
        for (n, price) in ["0.01", "0.1", "1", "12.3", "19.99", "99999999.99", "1e2", "4.350"].iter().enumerate() {
            let body =
                with(&book(&n.to_string()), json!({"price": 0})).to_string().replace(":0,", &format!(":{price},"));
            let created = app.send(reqwest::Method::POST, "/books", body).await;
            assert_eq!(created.status, 201, "{price}: {}", created.text);
            let expected: f64 = price.parse().unwrap();
            assert_eq!(app.get(&format!("/books/{n}")).await.json()["price"].as_f64(), Some(expected), "{price}");
        }
    })
    .await;
}
