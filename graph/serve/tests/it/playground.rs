//! The playground: what a browser gets without a token, and that nothing of it comes from elsewhere.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, request::Builder};
use flate2::read::GzDecoder;
use graph_host::rights::Rights;
use graph_host::tokens::Tokens;
use graph_serve::GraphSettings;
use http_body_util::BodyExt;
use tower::ServiceExt;

const EXAMPLES: &str = "# One.\nquery One { one }\n";
const PAGE: &str = include_str!("../../playground/page.html");
const OWN_FILES: [&str; 4] = [
    PAGE,
    include_str!("../../playground/missing.html"),
    include_str!("../../playground/page.css"),
    include_str!("../../playground/page.js"),
];

struct Query;

#[Object]
impl Query {
    async fn one(&self) -> i32 {
        1
    }
}

fn app() -> Router {
    let tokens = Tokens::try_new(&[b'x'; 32], "issuer", &["subject".to_owned()]).unwrap();
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription);
    let rights = Rights::read("[ones]\nQuery { one __schema __type } - - - - all", "ones").unwrap();
    let settings = GraphSettings { rights: Some(Arc::new(rights)), ..GraphSettings::default() };
    graph_serve::routes("ones", "ones", schema, Arc::new(tokens), settings, EXAMPLES).unwrap()
}

async fn send(request: Builder, body: &'static str) -> (StatusCode, HeaderMap, String) {
    let response = app().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

/// What a browser gets that opens the playground.
async fn opened() -> (StatusCode, HeaderMap, String) {
    send(Request::get("/graphql").header("accept", "text/html,application/xhtml+xml,*/*;q=0.8"), "").await
}

/// A file of the page, without a token.
async fn file(address: &str) -> (HeaderMap, String) {
    let (status, headers, content) = send(Request::get(address), "").await;
    assert!(
        status == StatusCode::OK,
        "{address} is on the page but answers {status}; was there npm to deliver GraphiQL to this build?"
    );
    (headers, content)
}

/// The values of `src` and `href` that are addresses.
fn referred_to(page: &str) -> Vec<&str> {
    let values = page.split("src=\"").skip(1).chain(page.split("href=\"").skip(1));
    let values = values.filter_map(|rest| rest.split('"').next());
    values.filter(|value| !value.starts_with("data:")).collect()
}

#[tokio::test]
async fn a_browser_gets_the_playground_without_a_token() {
    let (status, headers, page) = opened().await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert!(
        !page.contains("left out of this build"),
        "this build has no GraphiQL: npm could not deliver it; see the warning of the build of graph-serve"
    );
    assert_eq!(page, PAGE);
}

#[tokio::test]
async fn every_file_of_the_page_is_there_without_a_token() {
    let files = referred_to(PAGE);
    assert_eq!(files.len(), 9, "{files:?}");
    for address in files {
        let (headers, content) = file(address).await;
        let (_, ending) = address.rsplit_once('.').unwrap();
        let wanted = HashMap::from([("css", "text/css"), ("js", "text/javascript"), ("txt", "text/plain")])[ending];
        assert_eq!(headers["content-type"], format!("{wanted}; charset=utf-8"), "{address}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{address}");
        assert!(content.len() > 500, "{address} has only {} bytes", content.len());
        assert!(ending != "txt" || content.contains("Permission is hereby granted, free of charge"), "{address}");
    }
}

#[tokio::test]
async fn libraries_travel_compressed_to_those_who_read_gzip() {
    let address = "/graphql/playground/graphiql-4.1.2.js";
    let (headers, plain) = file(address).await;
    assert_eq!((headers.get("content-encoding"), &headers["vary"]), (None, &"accept-encoding".parse().unwrap()));
    let request = Request::get(address).header("accept-encoding", "br, gzip").body(Body::empty()).unwrap();
    let response = app().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let packed = response.into_body().collect().await.unwrap().to_bytes();
    assert!(packed.len() < plain.len() / 2, "{} of {}", packed.len(), plain.len());
    let mut unpacked = String::new();
    GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
    assert!(unpacked == plain, "the packed file is another one");
}

#[tokio::test]
async fn files_with_a_version_in_their_name_are_kept_and_others_are_not() {
    for address in referred_to(PAGE) {
        let (headers, _) = file(address).await;
        let kept = "public, max-age=31536000, immutable";
        let wanted = if address.contains("/page.") { "no-cache" } else { kept };
        assert_eq!(headers["cache-control"], wanted, "{address}");
    }
}

#[tokio::test]
async fn the_page_opens_with_the_examples_of_the_service() {
    let (headers, examples) = file("/graphql/playground/examples.graphql").await;
    assert_eq!(examples, EXAMPLES);
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
}

#[tokio::test]
async fn the_policy_lets_nothing_in_from_elsewhere() {
    let (_, headers, _) = opened().await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    let rules = ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"];
    for rule in rules {
        assert!(policy.split("; ").any(|found| found == rule), "{rule} is not in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[test]
fn our_own_files_name_no_other_site() {
    for text in OWN_FILES {
        for elsewhere in ["http:", "https:", "=\"//", "url(", "@import"] {
            assert!(!text.contains(elsewhere), "{elsewhere} is in:\n{text}");
        }
    }
}

#[test]
fn the_pages_hold_no_script_and_no_style() {
    for page in OWN_FILES.into_iter().filter(|text| text.starts_with("<!doctype html>")) {
        assert!(page.split("<script").skip(1).all(|script| script.starts_with(" defer src=\"")), "{page}");
        for inline in ["<style", " style=", " onload=", " onclick=", "javascript:"] {
            assert!(!page.contains(inline), "{inline} is in:\n{page}");
        }
    }
}

#[tokio::test]
async fn all_else_needs_a_token() {
    let post = || Request::post("/graphql").header("content-type", "application/json");
    let query = Request::get("/graphql?query=%7Bone%7D").header("accept", "text/html");
    for request in [post(), post().header("accept", "text/html"), query, Request::get("/graphql")] {
        let (status, headers, _) = send(request, r#"{"query": "{ one }"}"#).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(headers["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn there_is_nothing_else_beside_the_page() {
    let (status, _, _) = send(Request::get("/graphql/playground/other.js"), "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, headers, _) = send(Request::post("/graphql/playground/page.js"), "").await;
    assert_eq!((status, &headers["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD".parse().unwrap()));
}
