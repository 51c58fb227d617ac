//! The same read, asked for many times at once, is made once for all, over a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::HeaderValue;
use axum::routing::post;
use axum::{Json, Router};
use graph_call::{Document, Shared, Upstream};
use graph_documents::Mode;
use graph_host::auth::Caller;
use graph_host::deadline::Deadline;
use graph_host::identity::{Identity, Role};
use graph_host::problem::Problem;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// A service that answers with the number of the request, once for each permit of its gate.
struct Service {
    gate: Arc<Semaphore>,
    requests: Arc<AtomicUsize>,
    pages: Shared<u64>,
}

impl Service {
    async fn start() -> Self {
        let (gate, requests) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let (open, count) = (Arc::clone(&gate), Arc::clone(&requests));
        let answer = move || async move {
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            open.acquire().await.unwrap().forget();
            Json(json!({"data": number}))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let app = Router::new().route("/graphql", post(answer));
        tokio::spawn(graph_host::serving::serve(listener, app, tokio_util::sync::CancellationToken::new()));
        let document = Document { operation: "Page", text: "query Page { page }", id: "sha256:0" };
        let upstream = Upstream::try_new("thing", &url, Mode::Open).unwrap();
        let pages = Shared::new(upstream, document, |answer| Ok(answer.data::<u64>()?));
        Self { gate, requests, pages }
    }

    /// Reads for the holder of a token; gives the number of the request that was answered.
    async fn read(&self, token: &'static str, variables: Value) -> JoinHandle<Result<u64, Problem>> {
        let caller = Caller {
            who: Arc::new(Identity { subject: "groot".into(), roles: Role::Admin.into(), session: None }),
            authorization: Some(HeaderValue::from_static(token)),
            address: None,
            request_id: HeaderValue::from_static("1"),
            deadline: Deadline::within(Duration::from_secs(10)),
            trace: Default::default(),
        };
        let pages = self.pages.clone();
        let reading = tokio::spawn(async move { pages.read(&caller, &variables).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        reading
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn those_who_ask_while_it_is_on_its_way_share_the_next_one() {
    let service = Service::start().await;
    let first = service.read("a", json!({"first": 5})).await;
    let mut sharing = Vec::new();
    for _ in 0..20 {
        sharing.push(service.read("a", json!({"first": 5})).await);
    }
    assert_eq!(service.requests(), 1);
    service.gate.add_permits(10);
    assert_eq!(first.await.unwrap().unwrap(), 1);
    for reading in sharing {
        assert_eq!(reading.await.unwrap().unwrap(), 2, "not one that was on its way before it was asked for");
    }
    assert_eq!(service.read("a", json!({"first": 5})).await.await.unwrap().unwrap(), 3, "afterwards it is as it was");
}

#[tokio::test]
async fn other_variables_and_other_tokens_are_other_reads() {
    let service = Service::start().await;
    let readings = [
        service.read("a", json!({"first": 5})).await,
        service.read("a", json!({"first": 6})).await,
        service.read("b", json!({"first": 5})).await,
    ];
    assert_eq!(service.requests(), 3);
    service.gate.add_permits(10);
    for (reading, number) in readings.into_iter().zip(1..) {
        assert_eq!(reading.await.unwrap().unwrap(), number);
    }
}

#[tokio::test]
async fn a_caller_that_leaves_stops_nobody_and_keeps_nothing_going() {
    let service = Service::start().await;
    let first = service.read("a", json!({})).await;
    let (left, stayed) = (service.read("a", json!({})).await, service.read("a", json!({})).await);
    first.abort();
    left.abort();
    service.gate.add_permits(1);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(service.requests(), 2);
    stayed.abort();
    service.gate.add_permits(10);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(service.read("a", json!({})).await.await.unwrap().unwrap(), 3);
}
