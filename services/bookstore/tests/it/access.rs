//! From which sites, and how often, the BFFs may be used.

use std::sync::Arc;

use graph_host::cors::Cors;
use graph_host::rates::Rates;
use graph_rest::Access;
use reqwest::Method;
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, CLIENT_TYPES, book, tokens};

async fn open_to_sites(sites: &str) -> Bookstore {
    let access = Access { cors: Cors::read(sites).unwrap(), ..tokens().into() };
    Bookstore::open_to(Kind::Sqlite, access).await
}

/// The question of a browser whose page wants to send a PUT.
async fn preflight(app: &App, origin: &str) -> Answer {
    let question = app.request(Method::OPTIONS, "/books/1").header("origin", origin);
    let question = question.header("access-control-request-method", "PUT");
    Answer::to(question.header("access-control-request-headers", "authorization,if-match,x-client-type")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_sites_that_are_set_may_use_the_bffs() {
    let store = open_to_sites("https://shop.example, http://localhost:5173").await;
    let nobody = App::new(format!("http://{}", store.at("gateway")));
    for origin in ["https://shop.example", "http://localhost:5173"] {
        let answer = preflight(&nobody, origin).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, origin));
        assert!(answer.header("access-control-allow-methods").contains("PUT"), "{:?}", answer.headers);
        for header in ["authorization", "x-client-type", "content-type", "if-match", "idempotency-key"] {
            assert!(answer.header("access-control-allow-headers").contains(header), "{:?}", answer.headers);
        }
        for path in ["/books", "/books/7", "/nothing"] {
            let answer = Answer::to(store.app("Web").request(Method::GET, path).header("origin", origin)).await;
            assert_eq!(answer.header("access-control-allow-origin"), origin, "{path}");
            for header in ["etag", "link", "location", "retry-after", "x-request-id", "ratelimit", "ratelimit-policy"] {
                assert!(answer.header("access-control-expose-headers").contains(header), "{:?}", answer.headers);
            }
        }
        let refused = Answer::to(nobody.request(Method::GET, "/books").header("origin", origin)).await;
        refused.is_problem(400, &["X-Client-Type"]);
        assert_eq!(refused.header("access-control-allow-origin"), origin);
    }
    for origin in ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"] {
        assert_eq!(preflight(&nobody, origin).await.header("access-control-allow-origin"), "", "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_site_or_none() {
    let all = open_to_sites("*").await;
    assert_eq!(preflight(&all.app("iOS"), "https://any.example").await.header("access-control-allow-origin"), "*");
    let options =
        Answer::to(all.app("Web").request(Method::OPTIONS, "/books").header("origin", "https://a.example")).await;
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, POST, OPTIONS"));

    let none = Bookstore::open(Kind::Sqlite).await;
    preflight(&App::new(format!("http://{}", none.at("gateway"))), "https://a.example").await.is_problem(400, &[]);
    let answer = Answer::to(none.app("Web").request(Method::GET, "/books").header("origin", "https://a.example")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""));
}

#[test]
fn what_is_no_origin_is_no_setting() {
    for wrong in [
        "shop.example",
        "https://shop.example/",
        "https://shop.example/path",
        "*, https://a.example",
        "ftp://a",
        "https://u@a",
        "null",
    ] {
        assert!(Cors::read(wrong).is_err(), "{wrong}");
    }
    assert!(Cors::read(" , ").unwrap().is_none());
    for wrong in ["100", "0/60s", "-1/60s", "100/0s", "100/3d", "x/60s", "100/60", "100/1ms", "4000000000/1s", ""] {
        let rate = wrong.parse().and_then(|rate| Rates::try_new(rate));
        assert!(rate.is_err(), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_subject_has_its_own_quota_at_all_bffs_together() {
    let rates = Rates::try_new("5/1h".parse().unwrap()).unwrap();
    let store = Bookstore::open_to(Kind::Sqlite, Access { rates: Some(Arc::new(rates)), ..tokens().into() }).await;
    for (nth, client_type) in CLIENT_TYPES.into_iter().cycle().take(5).enumerate() {
        let answer = store.app(client_type).get("/books").await;
        assert_eq!((answer.status, answer.header("ratelimit-policy")), (200, "\"subject\";q=5;w=3600"));
        assert_eq!(answer.header("ratelimit"), format!("\"subject\";r={};t={}", 4 - nth, 720 * (nth + 1)));
    }
    for client_type in CLIENT_TYPES {
        let refused = store.app(client_type).post("/books", &book("1")).await;
        refused.is_problem(429, &["try again in"]);
        assert_eq!(refused.json()["code"], "RATE_LIMITED");
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((700..=720).contains(&wait), "{wait}");
        assert_eq!(refused.header("ratelimit"), format!("\"subject\";r=0;t={wait}"));
    }
    let stranger = App::new(format!("http://{}", store.at("gateway"))).of_type("Web");
    stranger.with_token("no token").get("/books").await.is_problem(401, &[]);
    let gamora = stranger.with_token(&store.tokens.mint("gamora", std::time::Duration::from_secs(60)).unwrap());
    gamora.get("/books").await.is(200, &serde_json::json!([]));
    assert_eq!(stranger.get("/status").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_comes_back_with_time() {
    let rates = Rates::try_new("4/2s".parse().unwrap()).unwrap();
    let store = Bookstore::open_to(Kind::Sqlite, Access { rates: Some(Arc::new(rates)), ..tokens().into() }).await;
    let app = store.app("Web");
    let refused = loop {
        let answer = app.get("/books/1").await;
        if answer.status == 429 {
            break answer;
        }
        assert_eq!(answer.status, 404);
    };
    tokio::time::sleep(std::time::Duration::from_secs(refused.header("retry-after").parse().unwrap())).await;
    assert_eq!(app.get("/books/1").await.status, 404);
}
