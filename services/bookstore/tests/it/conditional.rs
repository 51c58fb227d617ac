//! Conditional requests: reads that are answered only when something is new, writes that lose no update.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, book, customer, on_each, with};

/// A request with headers, and a body unless that is null.
async fn ask(app: &App, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut request = app.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !body.is_null() {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    Answer::to(request).await
}

async fn get_if(app: &App, path: &str, name: &str, tag: &str) -> Answer {
    ask(app, Method::GET, path, &[(name, tag)], &Value::Null).await
}

async fn put_if(app: &App, path: &str, tag: &str, body: &Value) -> Answer {
    ask(app, Method::PUT, path, &[("if-match", tag)], body).await
}

async fn delete_if(app: &App, path: &str, tag: &str) -> Answer {
    ask(app, Method::DELETE, path, &[("if-match", tag)], &Value::Null).await
}

/// The tag of an answer, which is a strong one.
#[track_caller]
fn tag(answer: &Answer) -> String {
    let tag = answer.header("etag");
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{tag:?} of {}", answer.text);
    tag.to_owned()
}

/// One book and one customer: the path, and the body that made it.
async fn things(app: &App) -> [(String, Value); 2] {
    app.post("/books", &book("1")).await;
    let created = app.post("/customers", &customer("rocket@example.com")).await;
    [("/books/1".to_owned(), book("1")), (created.header("location").to_owned(), customer("rocket@example.com"))]
}

/// `body` with a change that a book and a customer can both have.
fn changed(body: &Value, n: usize) -> Value {
    let field = if body["ISBN"].is_null() { "name" } else { "title" };
    with(body, json!({field: format!("Version {n}")}))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_about_one_thing_has_the_tag_of_its_state() {
    on_each(async |store| {
        for client_type in ["Web", "iOS"] {
            let app = store.app(client_type);
            let created = app.post("/books", &book("1")).await;
            assert_eq!(tag(&created), tag(&app.get("/books/1").await));
            assert_eq!(tag(&created), tag(&app.get("/books/isbn/1").await));
            assert_eq!(created.header("content-location"), "/books/1");
            let replaced = app.put("/books/1", &book("1")).await;
            assert_eq!(tag(&replaced), tag(&app.get("/books/1").await));
            assert_ne!(tag(&replaced), tag(&created), "every change is another state");
            assert_eq!(replaced.header("cache-control"), "private, no-cache");
            assert_eq!(replaced.header("vary"), "x-client-type");
            assert_eq!(app.delete("/books/1").await.status, 204);
            assert_ne!(tag(&app.post("/books", &book("1")).await), tag(&created));
            app.delete("/books/1").await;
            let missing = app.get("/books/1").await;
            assert_eq!((missing.header("etag"), missing.header("cache-control")), ("", "no-store"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_has_is_not_sent_again() {
    on_each(async |store| {
        for client_type in ["Web", "Android"] {
            let app = store.app(client_type);
            for (path, body) in things(&app).await {
                let seen = app.get(&path).await;
                let current = tag(&seen);
                let compressed = format!("{}-gzip\"", current.trim_end_matches('"'));
                for known in [&current, &format!("W/{current}"), "*", &format!("\"x\", {current}"), &compressed] {
                    let answer = get_if(&app, &path, "if-none-match", known).await;
                    assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{known}");
                    assert_eq!((tag(&answer), answer.header("cache-control")), (current.clone(), "private, no-cache"));
                    assert_eq!(answer.header("content-type"), "");
                }
                get_if(&app, &path, "if-none-match", "\"x\"").await.is(200, &seen.json());
                get_if(&app, &path, "if-match", &current).await.is(200, &seen.json());
                get_if(&app, &path, "if-match", &format!("W/{current}")).await.is_problem(412, &["If-Match"]);
                app.put(&path, &changed(&body, 1)).await;
                assert_eq!(get_if(&app, &path, "if-none-match", &current).await.status, 200);
                assert_eq!(app.delete(&path).await.status, 204);
                get_if(&app, &path, "if-none-match", &current).await.is_problem(404, &[]);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_a_tag_and_the_whole_list_has_none() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (web, mobile) = (store.app("Web"), store.app("iOS"));
    for isbn in ["1", "2"] {
        web.post("/books", &book(isbn)).await;
    }
    let page = web.get("/books?limit=2").await;
    let known = get_if(&web, "/books?limit=2", "if-none-match", &tag(&page)).await;
    assert_eq!((known.status, known.text.as_str(), tag(&known)), (304, "", tag(&page)));
    assert_ne!(tag(&mobile.get("/books?limit=2").await), tag(&page));
    assert_ne!(tag(&web.get("/books?limit=1").await), tag(&page));
    web.post("/books", &book("3")).await;
    let grown = get_if(&web, "/books?limit=2", "if-none-match", &tag(&page)).await;
    assert_eq!((grown.status, grown.json()), (200, page.json()), "it is no longer the last page");
    let known = get_if(&web, "/books?limit=2", "if-none-match", &tag(&grown)).await;
    assert_eq!((known.status, known.header("link")), (304, grown.header("link")));
    let all = web.get("/books").await;
    assert_eq!((all.header("etag"), all.header("cache-control")), ("", "no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_nobody_saw_is_not_overwritten() {
    on_each(async |store| {
        for client_type in ["Web", "iOS"] {
            let app = store.app(client_type);
            for (path, body) in things(&app).await {
                let old = tag(&app.get(&path).await);
                let new = tag(&put_if(&app, &path, &old, &changed(&body, 1)).await);
                put_if(&app, &path, &old, &changed(&body, 2)).await.is_problem(412, &["changed", "again"]);
                delete_if(&app, &path, &old).await.is_problem(412, &["changed", "again"]);
                for never in [format!("W/{new}"), "\"\"".to_owned(), "\"ffffffff-1\"".to_owned()] {
                    put_if(&app, &path, &never, &changed(&body, 2)).await.is_problem(412, &["changed"]);
                }
                let absent = ask(&app, Method::PUT, &path, &[("if-none-match", "*")], &changed(&body, 2)).await;
                absent.is_problem(412, &["changed"]);
                assert_eq!(tag(&app.get(&path).await), new, "nothing was changed");
                let newer = put_if(&app, &path, &format!("{old}, {new}"), &changed(&body, 2)).await;
                let newest = put_if(&app, &path, "*", &changed(&body, 3)).await;
                assert_eq!((newer.status, newest.status), (200, 200));
                assert_eq!(delete_if(&app, &path, &tag(&newest)).await.status, 204);
                put_if(&app, &path, &tag(&newest), &body).await.is_problem(404, &[]);
                put_if(&app, &path, "*", &body).await.is_problem(404, &[]);
                delete_if(&app, &path, &tag(&newest)).await.is_problem(404, &[]);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_of_one_client_is_none_of_the_other() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (web, mobile) = (store.app("Web"), store.app("iOS"));
    for (path, body) in things(&web).await {
        let (webs, mobiles) = (tag(&web.get(&path).await), tag(&mobile.get(&path).await));
        assert_ne!(webs, mobiles);
        assert_eq!(get_if(&mobile, &path, "if-none-match", &webs).await.status, 200);
        put_if(&mobile, &path, &webs, &body).await.is_problem(412, &[]);
        put_if(&web, &path, &mobiles, &body).await.is_problem(412, &[]);
        assert_eq!(put_if(&mobile, &path, &mobiles, &body).await.status, 200);
        put_if(&web, &path, &webs, &body).await.is_problem(412, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_cannot_be_read_is_named() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    let [(path, body), _] = things(&app).await;
    get_if(&app, &path, "if-none-match", "6f3").await.is_problem(400, &["If-None-Match"]);
    get_if(&app, "/books?limit=1", "if-match", "").await.is_problem(400, &["If-Match"]);
    put_if(&app, &path, "\"a\" \"b\"", &body).await.is_problem(400, &["If-Match"]);
    delete_if(&app, &path, "*, *").await.is_problem(400, &["If-Match"]);
    let tags = ask(&app, Method::PUT, &path, &[("if-none-match", "\"a\"")], &body).await;
    tags.is_problem(400, &["If-None-Match", "If-Match"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_change_the_same_state_one_wins_a_hundred_times_of_a_hundred() {
    on_each(async |store| {
        let (one, other) = (store.app("Web"), store.app("Web"));
        for (path, body) in things(&one).await {
            for n in 0..100 {
                let known = tag(&one.get(&path).await);
                let bodies = [changed(&body, 2 * n), changed(&body, 2 * n + 1)];
                let (a, b) =
                    tokio::join!(put_if(&one, &path, &known, &bodies[0]), put_if(&other, &path, &known, &bodies[1]));
                let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
                assert_eq!(won.status, 200, "{}", won.text);
                lost.is_problem(412, &["changed"]);
                let left = one.get(&path).await;
                assert_eq!((left.json(), tag(&left)), (won.json(), tag(&won)), "the winner's change is what is there");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_change_and_a_removal_of_the_same_state_one_wins() {
    on_each(async |store| {
        let (web, mobile) = (store.app("Web"), store.app("iOS"));
        for _ in 0..25 {
            for (path, body) in things(&web).await {
                let (webs, mobiles) = (tag(&web.get(&path).await), tag(&mobile.get(&path).await));
                let (put, delete) =
                    tokio::join!(put_if(&web, &path, &webs, &body), delete_if(&mobile, &path, &mobiles));
                match put.status {
                    200 => delete.is_problem(412, &["changed"]),
                    _ => {
                        put.is_problem(404, &[]);
                        assert_eq!(delete.status, 204);
                    }
                }
                web.delete(&path).await;
            }
        }
    })
    .await;
}
