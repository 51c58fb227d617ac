//! Compressed answers.

use std::io::{Error, Read};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::read::{GzDecoder, MultiGzDecoder};
use futures_util::stream::{self, StreamExt};
use graph_host::app::Part;
use http_body_util::BodyExt;
use tower::ServiceExt;

const PAGE: &str = "[{\"title\": \"Awesome Mix\"}, {\"title\": \"Vol. 2\"}]";

fn part() -> Router {
    let long = || async { ([("etag", "\"7\"")], PAGE.repeat(100)) };
    let weak = || async { ([("etag", "W/\"7\"")], PAGE.repeat(100)) };
    Part::new("part").app(
        Router::new()
            .route("/long", get(long).post(|| async { PAGE.repeat(100) }))
            .route("/weak", get(weak))
            .route("/short", get(|| async { ([("etag", "\"7\"")], PAGE) }))
            .route("/refused", get(|| async { (StatusCode::BAD_REQUEST, "x".repeat(5_000)) }))
            .route("/none", get(|| async { StatusCode::NO_CONTENT }))
            .route("/unchanged", get(|| async { (StatusCode::NOT_MODIFIED, [("etag", "\"7\"")]).into_response() }))
            .route("/pages", get(pages)),
    )
}

/// A page at once, and the next one an hour later.
async fn pages() -> Body {
    let now = stream::once(async { Ok::<_, Error>(Bytes::from_static(PAGE.as_bytes())) });
    let later = stream::once(async {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Ok(Bytes::from_static(PAGE.as_bytes()))
    });
    Body::from_stream(now.chain(later))
}

async fn ask(method: Method, path: &str, accept: &str) -> Response {
    let request = Request::builder().method(method).uri(path).header("accept-encoding", accept);
    part().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

async fn bytes(response: Response) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

#[tokio::test]
async fn a_long_answer_is_compressed_as_its_client_likes() {
    for (accept, coding, tag) in [
        ("gzip", "gzip", "\"7-gzip\""),
        ("br", "br", "\"7-br\""),
        ("gzip, br", "br", "\"7-br\""),
        ("gzip, br;q=0.1", "gzip", "\"7-gzip\""),
        ("gzip;q=0", "", "\"7\""),
        ("identity", "", "\"7\""),
        ("identity;q=0", "", "\"7\""),
        ("", "", "\"7\""),
    ] {
        let response = ask(Method::GET, "/long", accept).await;
        let found = (header(&response, "content-encoding"), header(&response, "etag"), header(&response, "vary"));
        assert_eq!(
            (response.status(), found),
            (StatusCode::OK, (coding.into(), tag.into(), "accept-encoding".into())),
            "{accept}"
        );
        let length = bytes(response).await.len();
        assert_eq!(length == PAGE.len() * 100, coding.is_empty(), "{accept}: {length} bytes");
    }
    let mut text = String::new();
    let gzip = bytes(ask(Method::GET, "/long", "gzip").await).await;
    GzDecoder::new(&*gzip).read_to_string(&mut text).unwrap();
    assert_eq!(text, PAGE.repeat(100));
    assert_eq!(header(&ask(Method::GET, "/weak", "gzip").await, "etag"), "W/\"7\"");
}

#[tokio::test]
async fn what_is_short_or_has_no_body_passes_untouched() {
    for (path, status) in [("/short", 200), ("/none", 204), ("/unchanged", 304), ("/status", 200), ("/nothing", 404)] {
        let response = ask(Method::GET, path, "gzip, br").await;
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(
            (header(&response, "content-encoding"), header(&response, "vary")),
            (String::new(), String::new()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn head_has_the_headers_of_the_compressed_answer() {
    for path in ["/long", "/short", "/pages"] {
        let asked = |method| {
            let request =
                Request::builder().method(method).uri(path).header("accept-encoding", "br").header("x-request-id", "1");
            part().oneshot(request.body(Body::empty()).unwrap())
        };
        let (get, head) = (asked(Method::GET).await.unwrap(), asked(Method::HEAD).await.unwrap());
        assert_eq!(get.headers(), head.headers(), "{path}");
        assert!(bytes(head).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_leaves_before_the_next_one_is_there() {
    for (accept, coding) in [("gzip", "gzip"), ("br", "br"), ("identity", "")] {
        let response = ask(Method::GET, "/pages", accept).await;
        assert_eq!(header(&response, "content-encoding"), coding);
        let mut body = response.into_body();
        let mut first = Vec::new();
        let arrived = async {
            while let Some(Ok(frame)) = body.frame().await {
                first.extend_from_slice(&frame.into_data().unwrap());
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(60), arrived).await.is_err(), "the second page is not due");
        let mut text = String::new();
        match coding {
            "gzip" => drop(MultiGzDecoder::new(&*first).read_to_string(&mut text)),
            "br" => drop(brotli::Decompressor::new(&*first, 4096).read_to_string(&mut text)),
            _ => text = String::from_utf8(first).unwrap(),
        }
        assert_eq!(text, PAGE, "{coding}");
    }
}
