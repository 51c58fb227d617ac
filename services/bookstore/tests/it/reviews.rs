//! Reviews, as apps write and read them.

use serde_json::{Value, json};

use crate::kit::{App, Bookstore, on_each, with};

const PATH: &str = "/books/0-14-143951-8/reviews";

fn review(stars: u8, title: &str) -> Value {
    json!({"stars": stars, "title": title, "text": "It has a beginning and an end."})
}

/// An app of somebody else.
fn of(store: &Bookstore, client_type: &str, subject: &str) -> App {
    let token = store.tokens.mint(subject, std::time::Duration::from_secs(60)).unwrap();
    store.app(client_type).with_token(&token)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_has_one_review_of_a_book_and_changes_their_own() {
    on_each(async |store| {
        let (web, other) = (store.app("Web"), of(store, "Web", "gamora"));
        let made = web.post(PATH, &review(4, "Good")).await;
        assert_eq!((made.status, made.header("location")), (201, PATH), "{}", made.text);
        let seen = made.json();
        let written = with(&review(4, "Good"), json!({"author": "starlord", "verified": false}));
        assert_eq!(with(&seen, json!({"createdAt": null})), with(&written, json!({"createdAt": null})));
        web.post("/books/0141439518/reviews", &review(1, "Again")).await.is_problem(422, &["already"]);
        assert_eq!(other.post(PATH, &review(2, "Not so good")).await.status, 201);

        other.delete("/books/1/reviews").await.is_problem(404, &["no review"]);
        let changed = web.put(PATH, &review(5, "Better")).await;
        assert_eq!((changed.status, &changed.json()["stars"]), (200, &json!(5)), "{}", changed.text);
        assert_eq!(changed.json()["createdAt"], seen["createdAt"]);
        let stale = web.request(reqwest::Method::PUT, PATH).header("if-match", made.header("etag"));
        let stale = stale.header("content-type", "application/json").body(review(1, "Lost").to_string());
        crate::kit::Answer::to(stale).await.is_problem(412, &[]);

        let titles =
            |answer: Value| answer.as_array().unwrap().iter().map(|one| one["title"].clone()).collect::<Vec<_>>();
        assert_eq!(titles(web.get(PATH).await.json()), ["Not so good", "Better"]);
        assert_eq!(other.delete(PATH).await.status, 204);
        assert_eq!(titles(web.get(&format!("{PATH}?sort=helpful")).await.json()), ["Better"]);
        assert_eq!(web.get("/books/9/reviews").await.json(), json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mobile_gets_the_beginning_of_a_long_text_and_replaces_all_of_it() {
    on_each(async |store| {
        let (web, mobile) = (store.app("Web"), store.app("Android"));
        let long = "äöü🌲".repeat(300);
        let made = mobile.post(PATH, &with(&review(3, "Long"), json!({"text": long}))).await;
        let beginning: String = long.chars().take(200).collect();
        assert_eq!((made.status, &made.json()["text"]), (201, &json!(beginning)), "{}", made.text);
        assert_eq!(mobile.get(PATH).await.json()[0]["text"], beginning);
        assert_eq!(mobile.put(PATH, &with(&review(4, "Long"), json!({"text": long}))).await.json()["text"], beginning);
        assert_eq!(web.get(PATH).await.json()[0]["text"], long);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_from_one_to_the_next() {
    on_each(async |store| {
        for (nth, subject) in ["starlord", "gamora"].into_iter().enumerate() {
            of(store, "Web", subject).post(PATH, &review(3, &nth.to_string())).await;
        }
        let app = store.app("iOS");
        for sort in ["newest", "helpful"] {
            let first = app.get(&format!("{PATH}?limit=1&sort={sort}")).await;
            assert_eq!(first.json()[0]["title"], "1", "{}", first.text);
            let link = first.header("link").split_once('>').unwrap().0.trim_start_matches('<').to_owned();
            assert!(link.starts_with(PATH) && link.contains("sort="), "{link}");
            let second = app.get(&link).await;
            assert_eq!((second.json()[0]["title"].as_str(), second.header("link")), (Some("0"), ""));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_by_its_name() {
    on_each(async |store| {
        let app = store.app("Web");
        for (body, words) in [
            (json!({}), &["stars", "title", "text"][..]),
            (review(6, "x"), &["stars", "from 1 to 5"]),
            (with(&review(1, "x"), json!({"text": "é".repeat(5_001)})), &["text", "5000"]),
            (with(&review(1, "x"), json!({"stars": 1.5})), &["stars", "integer"]),
            (with(&review(1, "x"), json!({"author": 7})), &["author", "text"]),
            (with(&review(1, "x"), json!({"hearts": 7})), &["hearts", "not a field of a review"]),
        ] {
            app.post(PATH, &body).await.is_problem(400, words);
        }
        app.post("/books/what/reviews", &review(1, "x")).await.is_problem(400, &["ISBN"]);
        app.get(&format!("{PATH}?sort=best")).await.is_problem(400, &["sort", "newest or helpful"]);
        app.get(&format!("{PATH}?limit=1&after=here")).await.is_problem(400, &["after"]);
        app.get(&format!("{PATH}?genre=x")).await.is_problem(400, &["genre", "sort"]);
        assert_eq!(app.get(PATH).await.json(), json!([]));
    })
    .await;
}
