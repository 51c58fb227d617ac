//! Bad input: each gets its answer, and nothing is stored.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{App, Bookstore, CLIENT_TYPES, book, customer, on_each, with, without};

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_book() {
    on_each(async |store| {
        for client_type in CLIENT_TYPES {
            let app = store.app(client_type);
            let good = book("1-2");
            for field in ["ISBN", "title", "Author", "description", "genre", "price", "quantity"] {
                refuse(&app, "/books", &good, &without(&good, field), field).await;
                for bad in [json!(null), json!({}), json!([]), json!(true)] {
                    refuse(&app, "/books", &good, &with(&good, json!({field: bad})), field).await;
                }
            }
            for field in ["ISBN", "title", "Author", "description", "genre"] {
                for bad in [json!(""), json!("   "), json!(7), json!("x".repeat(100_000))] {
                    refuse(&app, "/books", &good, &with(&good, json!({field: bad})), field).await;
                }
            }
            for bad in
                [json!(0), json!(-1), json!(0.001), json!(12.345), json!(100_000_000), json!("12.34"), json!(1e300)]
            {
                refuse(&app, "/books", &good, &with(&good, json!({"price": bad})), "price").await;
            }
            for bad in [json!(-1), json!(1.5), json!(2_147_483_648_u64), json!("1"), json!(1e40)] {
                refuse(&app, "/books", &good, &with(&good, json!({"quantity": bad})), "quantity").await;
            }
            for bad in ["123456789012345678901", "12 3", "abc", "--", "१२"] {
                refuse(&app, "/books", &good, &with(&good, json!({"ISBN": bad})), "ISBN").await;
            }
            app.get("/books").await.is(200, &json!([]));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_customer() {
    on_each(async |store| {
        for client_type in CLIENT_TYPES {
            let app = store.app(client_type);
            let good = customer("groot@example.com");
            for field in ["userId", "name", "phone", "address", "city", "state", "zipcode"] {
                refuse(&app, "/customers", &good, &without(&good, field), field).await;
                for bad in
                    [json!(null), json!({}), json!([]), json!(7), json!(""), json!(" "), json!("x".repeat(70_000))]
                {
                    refuse(&app, "/customers", &good, &with(&good, json!({field: bad})), field).await;
                }
            }
            for bad in [json!(7), json!([]), json!("x".repeat(70_000))] {
                refuse(&app, "/customers", &good, &with(&good, json!({"address2": bad})), "address2").await;
            }
            for bad in ["groot", "groot@", "@example.com", "groot@example", "a b@example.com"] {
                refuse(&app, "/customers", &good, &with(&good, json!({"userId": bad})), "userId").await;
            }
            for bad in ["XX", "pa", "Pennsylvania", "P"] {
                refuse(&app, "/customers", &good, &with(&good, json!({"state": bad})), "state").await;
            }
            app.get("/customers?userId=groot@example.com").await.is_problem(404, &[]);
        }
    })
    .await;
}

/// Holds a body to be refused by POST, and by PUT of something that is there, with the field named.
async fn refuse(app: &App, folder: &str, good: &Value, bad: &Value, field: &str) {
    app.post(folder, bad).await.is_problem(400, &[field]);
    let path = match good.get("ISBN") {
        Some(isbn) => format!("{folder}/{}", isbn.as_str().unwrap()),
        None => format!("{folder}/1"),
    };
    app.put(&path, bad).await.is_problem(400, &[field]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_change_changes_nothing() {
    on_each(async |store| {
        let app = store.app("Web");
        app.post("/books", &book("1")).await.is(201, &book("1"));
        app.put("/books/1", &with(&book("1"), json!({"title": "New", "price": -1}))).await.is_problem(400, &["price"]);
        app.get("/books/1").await.is(200, &book("1"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_faults_are_named_at_once() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    app.post("/books", &json!({}))
        .await
        .is_problem(400, &["ISBN", "title", "Author", "description", "genre", "price", "quantity"]);
    let faulty = with(&book("1"), json!({"title": "", "price": -1, "quantity": -1}));
    app.post("/books", &faulty).await.is_problem(400, &["title", "price", "quantity"]);
    let misspelt = with(&customer("a@example.com"), json!({"adress": "1 Milano Way"}));
    app.post("/customers", &misspelt).await.is_problem(400, &["adress"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_object() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for client_type in CLIENT_TYPES {
        let app = store.app(client_type);
        for (method, path) in [
            (Method::POST, "/books"),
            (Method::PUT, "/books/1"),
            (Method::POST, "/customers"),
            (Method::PUT, "/customers/1"),
        ] {
            let field = if path.starts_with("/books") { "ISBN" } else { "userId" };
            let deep = "[".repeat(100_000);
            let bodies =
                ["", " ", "null", "7", "\"text\"", "[]", "[{}]", "{", "{\"ISBN\":}", "{\"a\":1,\"a\":2}", "{}x", &deep];
            for body in bodies {
                app.send(method.clone(), path, body.to_owned()).await.is_problem(400, &[field]);
            }
            app.send(method.clone(), path, b"{\"ISBN\": \"\xff\"}".to_vec()).await.is_problem(400, &[field]);
            app.send(method.clone(), path, vec![b' '; 3 * 1024 * 1024]).await.is_problem(413, &["bytes"]);
            for content_type in [
                "text/plain",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
                "json",
                "application/json; charset=latin1",
            ] {
                let request = app.request(method.clone(), path).header("content-type", content_type).body("{}");
                crate::kit::Answer::to(request).await.is_problem(415, &["application/json"]);
            }
            crate::kit::Answer::to(app.request(method.clone(), path).body("{}")).await.is_problem(415, &[]);
        }
        app.get("/books").await.is(200, &json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_keys_fail_alone_also_in_a_crowd() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    app.post("/books", &book("1")).await.is(201, &book("1"));
    let mut crowd = tokio::task::JoinSet::new();
    // As many as are never refused, however slow this machine is.
    for n in 0..250 {
        let app = app.clone();
        let path = if n % 2 == 0 { "/books/1".to_owned() } else { format!("/books/{n}{}", "9".repeat(30_000)) };
        crowd.spawn(async move { (n, app.get(&path).await) });
    }
    while let Some(answered) = crowd.join_next().await {
        let (n, answer) = answered.unwrap();
        assert_eq!(answer.status, if n % 2 == 0 { 200 } else { 404 }, "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_texts_that_no_service_takes_is_413() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for client_type in CLIENT_TYPES {
        let app = store.app(client_type);
        let long = "x".repeat(900_000);
        let customer = with(&customer("a@example.com"), json!({"userId": format!("{long}@example.com")}));
        app.post("/customers", &customer).await.is_problem(413, &["too large"]);
        app.post("/books", &with(&book("1"), json!({"title": long}))).await.is_problem(413, &["too large"]);
        app.put("/books/1", &with(&book("1"), json!({"title": long}))).await.is_problem(413, &["too large"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_query_strings() {
    on_each(async |store| {
        for client_type in CLIENT_TYPES {
            let app = store.app(client_type);
            for path in [
                "/books/a%2Fb",
                "/books/%F0%9F%93%9A",
                "/books/%FF",
                "/books/%00",
                "/books/'%20OR%201=1",
                "/books/1/2",
                "/books/",
                "/",
            ] {
                app.get(path).await.is_problem(404, &[]);
                app.delete("/books/%F0%9F%93%9A").await.is_problem(404, &[]);
            }
            let forty = "9".repeat(40);
            for id in [forty.as_str(), "0", "-1", "9223372036854775807"] {
                app.get(&format!("/customers/{id}")).await.is_problem(404, &[]);
                app.delete(&format!("/customers/{id}")).await.is_problem(404, &[]);
            }
            for id in ["abc", "1.5", "1e3", "0x1", "%F0%9F%93%9A", "%FF", "1%2F2", "-", "+1", "1;2"] {
                app.get(&format!("/customers/{id}")).await.is_problem(400, &["id"]);
                app.delete(&format!("/customers/{id}")).await.is_problem(400, &["id"]);
            }
            for query in [
                "",
                "?userId=",
                "?userId=groot",
                "?userId=a@b",
                "?user=a@example.com",
                "?userId=a@example.com&userId=b@example.com",
            ] {
                app.get(&format!("/customers{query}")).await.is_problem(400, &["userId"]);
            }
            for limit in ["0", "-1", "1001", "ten", "1.5", "99999999999999999999"] {
                app.get(&format!("/books?limit={limit}")).await.is_problem(400, &["limit"]);
            }
            app.get("/books?limit=2&after=%F0%9F%93%9A").await.is_problem(400, &["after"]);
        }
    })
    .await;
}
