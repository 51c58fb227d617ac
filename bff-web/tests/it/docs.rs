//! The documentation page: what a browser gets without a token, and that nothing of it comes from elsewhere.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use bff_web::CLIENT;
use graph_call::Upstream;
use graph_host::tokens::Tokens;
use graph_rest::Upstreams;
use tower::ServiceExt;

/// What a browser gets at `path`.
async fn get(path: &str) -> (StatusCode, HeaderMap, String) {
    let tokens = Arc::new(Tokens::try_new(&[b'x'; 32], "issuer", &["subject".to_owned()]).unwrap());
    let nowhere = || Upstream::try_new("nowhere", "http://127.0.0.1:1/graphql", Default::default()).unwrap();
    let upstreams = Upstreams::new(CLIENT.sources.iter().map(|source| (source.service, nowhere())));
    let app = graph_rest::app(&CLIENT, &upstreams, tokens.into()).unwrap();
    let response = app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

/// The page, and the values of its `src` and `href` that are addresses.
async fn page() -> (HeaderMap, String, Vec<String>) {
    let (status, headers, page) = get("/docs").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        !page.contains("left out of this build"),
        "this build has no Swagger UI: npm could not deliver it; see the warning of the build of graph-rest"
    );
    let values = page.split("src=\"").skip(1).chain(page.split("href=\"").skip(1));
    let values = values.filter_map(|rest| rest.split('"').next()).filter(|value| !value.starts_with("data:"));
    let values = values.map(str::to_owned).collect();
    (headers, page, values)
}

#[tokio::test]
async fn every_file_of_the_page_is_there_without_a_token() {
    let (_, _, files) = page().await;
    assert_eq!(files.len(), 8, "{files:?}");
    for address in files {
        let (status, headers, content) = get(&address).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{address}");
        assert!(content.len() > 50, "{address} has only {} bytes", content.len());
    }
    assert_eq!(get("/docs/other.js").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_policy_lets_nothing_in_from_elsewhere() {
    let (headers, page, _) = page().await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
    for elsewhere in ["http:", "https:", "=\"//", "<style", " style=", "javascript:"] {
        assert!(!page.contains(elsewhere), "{elsewhere} is in:\n{page}");
    }
    assert!(page.split("<script").skip(1).all(|script| script.starts_with(" defer src=\"")), "{page}");
}
