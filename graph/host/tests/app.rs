//! The layers that every part has.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use graph_host::app::{app, method_not_allowed, path_not_found};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn panics() -> &'static str {
    panic!("the secret recipe")
}

fn part() -> Router {
    let routes = Router::new()
        .route("/panic", get(panics))
        .route("/slow", get(|| async { tokio::time::sleep(std::time::Duration::from_secs(3600)).await }))
        .route("/write", post(|| async { "done" }))
        .fallback(path_not_found)
        .method_not_allowed_fallback(method_not_allowed);
    app("part", routes)
}

async fn ask(request: Request<Body>) -> (StatusCode, Response, String) {
    let (parts, body) = part().oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    (parts.status, Response::from_parts(parts, Body::empty()), text)
}

async fn get_path(path: &str) -> (StatusCode, Response, String) {
    ask(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let (status, response, text) = get_path("/panic").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert!(text.contains("\"message\"") && !text.contains("recipe"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_cut_off() {
    let (status, _, text) = get_path("/slow").await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT, "{text}");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let (status, response, _) = get_path("/nothing").await;
    assert_eq!(
        (status, &response.headers()["content-type"]),
        (StatusCode::NOT_FOUND, &"application/problem+json".parse().unwrap())
    );
    let (status, response, _) = get_path("/write").await;
    assert_eq!((status, &response.headers()["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap()));
    let (status, response, _) = ask(Request::post("/status").body(Body::empty()).unwrap()).await;
    assert_eq!((status, &response.headers()["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD".parse().unwrap()));
}

#[tokio::test]
async fn a_request_keeps_its_id_or_gets_one() {
    let named = |id: &str| Request::get("/status").header("x-request-id", id).body(Body::empty()).unwrap();
    assert_eq!(ask(named("abc-1.2_3")).await.1.headers()["x-request-id"], "abc-1.2_3");
    for strange in ["", "a b", "<script>", &"x".repeat(65)] {
        let given = ask(named(strange)).await.1.headers()["x-request-id"].clone();
        assert!(given.len() == 16 && given != strange, "{strange:?} became {given:?}");
    }
}
