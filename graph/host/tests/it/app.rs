//! The layers that every part has.

use std::io::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use graph_host::app::{Part, method_not_allowed, path_not_found};
use graph_host::body::JsonBody;
use graph_host::health::Look;
use graph_host::load::Load;
use graph_host::problem::Code;
use http_body_util::BodyExt;
use tokio::time::Instant;
use tower::ServiceExt;

async fn panics() -> &'static str {
    panic!("the secret recipe")
}

/// An error as a library gives it by itself.
async fn plain(Path(status): Path<u16>) -> impl IntoResponse {
    (StatusCode::from_u16(status).unwrap(), "words of its own")
}

const GRAPH: &str = "application/graphql-response+json; charset=utf-8";

fn part() -> Router {
    Part::new("part").app(routes())
}

fn routes() -> Router {
    Router::new()
        .route("/panic", get(panics))
        .route("/slow", get(|| async { tokio::time::sleep(std::time::Duration::from_secs(3600)).await }))
        .route("/write", post(|| async { "done" }))
        .route("/body", post(|_: JsonBody| async { "read" }))
        .route("/plain/{status}", get(plain))
        .route("/page", get(|| async { ([("content-security-policy", "default-src 'self'")], "a page") }))
        .route("/graph", get(|| async { (StatusCode::BAD_REQUEST, [("content-type", GRAPH)], r#"{"errors":[]}"#) }))
        .route(
            "/endless",
            get(|| async { Body::from_stream(futures_util::stream::repeat_with(|| Ok::<_, Error>("more"))) }),
        )
        .fallback(path_not_found)
        .method_not_allowed_fallback(method_not_allowed)
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
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT, "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_client_may_wait_for_less_but_not_for_more() {
    for (header, value, least, most) in
        [("prefer", "wait=2", 2, 3), ("x-time-left-ms", "500", 0, 1), ("prefer", "wait=60", 10, 11)]
    {
        let began = Instant::now();
        let request = Request::get("/slow").header(header, value).body(Body::empty()).unwrap();
        assert_eq!(ask(request).await.0, StatusCode::GATEWAY_TIMEOUT);
        let took = began.elapsed();
        assert!((Duration::from_secs(least)..Duration::from_secs(most)).contains(&took), "{value}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_408() {
    let stuck = Body::from_stream(futures_util::stream::pending::<Result<String, Error>>());
    let request = Request::post("/body").header("content-type", "application/json").body(stuck).unwrap();
    let (status, _, text) = ask(request).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT, "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_is_refused_at_once_but_not_questions_of_health() {
    let load = Load { in_flight: 2, ..Load::default() };
    let part = Part { load, ..Part::new("part") }.app(routes());
    let ask = |path: &str| part.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
    let busy = [tokio::spawn(ask("/slow")), tokio::spawn(ask("/slow"))];
    tokio::task::yield_now().await;
    let began = Instant::now();
    let refused = ask("/page").await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    for path in ["/status", "/livez", "/readyz"] {
        assert_eq!(ask(path).await.unwrap().status(), StatusCode::OK, "{path}");
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
    for slow in busy {
        assert_eq!(slow.await.unwrap().unwrap().status(), StatusCode::GATEWAY_TIMEOUT);
    }
    assert_eq!(ask("/page").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_part_is_ready_while_what_it_needs_is_there() {
    let (there, looks) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let look: Look = {
        let (there, looks) = (Arc::clone(&there), Arc::clone(&looks));
        Arc::new(move || {
            looks.fetch_add(1, Ordering::SeqCst);
            let there = there.load(Ordering::SeqCst);
            Box::pin(async move { there })
        })
    };
    let part = Part { needs: Some(look), ..Part::new("part") }.app(routes());
    let ready = async || {
        let request = Request::get("/readyz").body(Body::empty()).unwrap();
        part.clone().oneshot(request).await.unwrap().status()
    };
    for _ in 0..100 {
        assert_eq!(ready().await, StatusCode::OK);
    }
    assert_eq!(looks.load(Ordering::SeqCst), 1, "each question was a look");
    there.store(false, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(ready().await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let (status, response, _) = get_path("/nothing").await;
    assert_eq!(
        (status, &response.headers()["content-type"]),
        (StatusCode::NOT_FOUND, &"application/problem+json".parse().unwrap())
    );
    let (status, response, _) = get_path("/write").await;
    let allow = |response: &Response| response.headers()["allow"].to_str().unwrap().to_owned();
    assert_eq!((status, allow(&response)), (StatusCode::METHOD_NOT_ALLOWED, "POST, OPTIONS".to_owned()));
    let (status, response, _) = ask(Request::post("/status").body(Body::empty()).unwrap()).await;
    assert_eq!((status, allow(&response)), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD, OPTIONS".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn every_error_is_a_problem_with_a_code_and_the_id_of_its_request() {
    for (path, status, code) in [
        ("/nothing", 404, "PATH_NOT_FOUND"),
        ("/write", 405, "METHOD_NOT_ALLOWED"),
        ("/panic", 500, "INTERNAL"),
        ("/slow", 504, "UPSTREAM_TIMEOUT"),
        ("/plain/418", 400, "INVALID_REQUEST"),
        ("/plain/413", 413, "BODY_TOO_LARGE"),
        ("/plain/507", 500, "INTERNAL"),
        ("/plain/nonsense", 400, "INVALID_REQUEST"),
    ] {
        let request = Request::get(path).header("x-request-id", "r-7").body(Body::empty()).unwrap();
        let (answered, response, text) = ask(request).await;
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answered.as_u16(), status, "{path}: {text}");
        assert_eq!(response.headers().keys_len(), response.headers().len(), "a header twice: {:?}", response.headers());
        assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()), "{path}: {text}");
        assert_eq!(
            (&problem["requestId"], &response.headers()["x-request-id"]),
            (&"r-7".into(), &"r-7".parse().unwrap())
        );
        assert!(
            problem["message"].as_str().unwrap().ends_with('.') && problem["detail"] == problem["message"],
            "{text}"
        );
        assert!(!text.contains("of its own"), "a library's words reached the client: {text}");
    }
}

#[tokio::test]
async fn errors_that_are_json_already_stay_as_they_are() {
    let (status, response, text) = get_path("/graph").await;
    assert_eq!((status, text.as_str()), (StatusCode::BAD_REQUEST, r#"{"errors":[]}"#));
    assert_eq!(response.headers()["content-type"], "application/graphql-response+json; charset=utf-8");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    for path in ["/status", "/write", "/nothing", "/page"] {
        let with_id = |method: &str| {
            Request::builder().method(method).uri(path).header("x-request-id", "1").body(Body::empty()).unwrap()
        };
        let (get, head) = (ask(with_id("GET")).await, ask(with_id("HEAD")).await);
        assert_eq!((head.0, head.1.headers()), (get.0, get.1.headers()), "{path}");
        assert!(head.2.is_empty() && !get.2.is_empty(), "{path}");
        assert_eq!(head.1.headers()["content-length"], get.2.len().to_string());
    }
}

#[tokio::test]
async fn a_list_without_end_is_not_sent_to_head() {
    let request = Request::head("/endless").body(Body::empty()).unwrap();
    let (status, _, text) = ask(request).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn options_says_what_a_path_answers() {
    for (path, allow) in [("/status", "GET, HEAD, OPTIONS"), ("/write", "POST, OPTIONS")] {
        let (status, response, text) = ask(Request::options(path).body(Body::empty()).unwrap()).await;
        assert_eq!((status, text.as_str()), (StatusCode::NO_CONTENT, ""), "{path}");
        assert_eq!(response.headers()["allow"], allow);
    }
    assert_eq!(ask(Request::options("/nothing").body(Body::empty()).unwrap()).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_is_safe_in_a_browser_and_a_page_keeps_its_own_policy() {
    for (path, policy) in [
        ("/status", "default-src 'none'; frame-ancestors 'none'"),
        ("/nothing", "default-src 'none'; frame-ancestors 'none'"),
        ("/panic", "default-src 'none'; frame-ancestors 'none'"),
        ("/page", "default-src 'self'"),
    ] {
        let headers = get_path(path).await.1.headers().clone();
        assert_eq!(headers["content-security-policy"], policy, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
    }
}

#[test]
fn the_list_of_codes_is_in_the_readme() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    for code in Code::ALL {
        let row =
            format!("| {} | `{}` |", code.status().as_u16(), serde_json::to_value(code).unwrap().as_str().unwrap());
        assert!(readme.contains(&row), "README.md has no row {row}");
    }
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
