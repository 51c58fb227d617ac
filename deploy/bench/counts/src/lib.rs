//! What the counts are made with: parts of the bookstore, ready to be asked once.

mod bff;
mod service;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use graph_host::tokens::Tokens;
use http_body_util::BodyExt;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

pub use bff::{Coalescing, reads, web_book, web_page};
pub use bff::{mobile_book, mobile_page};
pub use service::{books_by_isbn, document_by_id, document_known, document_new, page, too_costly};

/// A part of the bookstore with a request that it has not answered yet.
pub struct Ready {
    runtime: Runtime,
    app: Router,
    request: Request<Body>,
}

impl Ready {
    /// `app`, after it answered `before` well, about to be asked `request`.
    fn new(runtime: Runtime, app: Router, before: Vec<Request<Body>>, request: Request<Body>) -> Self {
        for request in before {
            let (status, body) = runtime.block_on(answer(app.clone(), request));
            assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
        }
        Self { runtime, app, request }
    }

    /// Asks; gives all there was back, so that clearing it away is not counted.
    pub fn ask(self) -> (StatusCode, Bytes, Runtime, Router) {
        let (status, body) = self.runtime.block_on(answer(self.app.clone(), self.request));
        (status, body, self.runtime, self.app)
    }
}

async fn answer(app: Router, request: Request<Body>) -> (StatusCode, Bytes) {
    let response = app.oneshot(request).await.expect("a router always answers");
    let (parts, body) = response.into_parts();
    (parts.status, body.collect().await.expect("a whole answer").to_bytes())
}

/// One thread, whose instructions are counted; those of the threads that it waits for are not.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The checks of every token, and a token that passes them.
fn tokens() -> (Arc<Tokens>, String) {
    let tokens = Tokens::try_new(&[7; 32], "cmu.edu", &["gamora".to_owned()]).expect("sound settings");
    let token = tokens.mint("gamora", std::time::Duration::from_secs(86_400)).expect("a known subject");
    (Arc::new(tokens), format!("Bearer {token}"))
}

/// The book with this number, as REST and the documents of the BFFs have it.
fn book(number: usize) -> serde_json::Value {
    serde_json::json!({
        "ISBN": isbn(number),
        "title": format!("The Silent River and the Lantern, volume {number}"),
        "Author": "Clara Holloway",
        "description": "A silent tale of a river, a lantern and “the history” of both, told in twelve chapters.",
        "genre": if number.is_multiple_of(2) { "non-fiction" } else { "history" },
        "price": 12.5,
        "quantity": number,
    })
}

fn isbn(number: usize) -> String {
    format!("9780000{number:06}")
}
