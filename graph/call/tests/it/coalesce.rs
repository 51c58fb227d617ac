//! Reads that arrive together leave together, over a real socket to a service that writes down what it gets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use graph_call::{Coalescer, Document, Upstream};
use graph_documents::Mode;
use graph_host::auth::Caller;
use graph_host::deadline::Deadline;
use graph_host::identity::{Identity, Role};
use graph_host::problem::Problem;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// The token of a batch, and its keys.
type Batch = (String, Vec<String>);

/// A service that answers each key with itself: `404` with null, `no key` with an error of its own, `bad` with a
/// failure of the whole batch.
#[derive(Clone)]
struct Service {
    /// An answer is given for each permit.
    gate: Arc<Semaphore>,
    /// The batches, as they arrived.
    batches: Arc<Mutex<Vec<Batch>>>,
}

impl Service {
    async fn start() -> (Self, Coalescer) {
        let service = Self { gate: Arc::new(Semaphore::new(0)), batches: Arc::default() };
        let app = Router::new().route("/graphql", post(Self::answer)).with_state(service.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        tokio::spawn(graph_host::serving::serve(listener, app, tokio_util::sync::CancellationToken::new()));
        let document = Document {
            operation: "Things",
            text: "query Things($keys: [ID!]!) { found: things(keys: $keys) }",
            id: "sha256:0",
        };
        (service, Coalescer::new(Upstream::try_new("thing", &url, Mode::Open).unwrap(), document, "keys"))
    }

    async fn answer(State(service): State<Self>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
        let keys: Vec<String> = serde_json::from_value(body["variables"]["keys"].clone()).unwrap();
        let token = headers["authorization"].to_str().unwrap().to_owned();
        service.batches.lock().unwrap().push((token, keys.clone()));
        service.gate.acquire().await.unwrap().forget();
        if keys.contains(&"bad".to_owned()) {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        let found: Vec<Value> = keys
            .iter()
            .map(|key| if ["404", "no key"].contains(&&**key) { Value::Null } else { json!({"key": key}) })
            .collect();
        let unusable = keys.iter().enumerate().filter(|(_, key)| *key == "no key");
        let errors: Vec<Value> = unusable
            .map(|(nth, _)| {
                json!({"message": "no key", "path": ["found", nth], "extensions": {"code": "BAD_USER_INPUT"}})
            })
            .collect();
        Json(json!({"data": {"found": found}, "errors": errors})).into_response()
    }

    /// Waits until so many batches have arrived; gives the keys of each, sorted.
    async fn arrived(&self, count: usize) -> Vec<Vec<String>> {
        for _ in 0..500 {
            if self.batches.lock().unwrap().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let batches = self.batches.lock().unwrap();
        assert_eq!(batches.len(), count, "{batches:?}");
        batches.iter().map(|(_, keys)| keys.clone()).collect()
    }
}

type Reading = JoinHandle<Result<Option<String>, Problem>>;

/// Reads a key for the holder of a token, and waits until the read is on its way or in the queue.
async fn read_for(token: &'static str, coalescer: &Coalescer, key: &str) -> Reading {
    let caller = Caller {
        who: Arc::new(Identity { subject: "groot".into(), roles: Role::Admin.into(), session: None }),
        authorization: Some(HeaderValue::from_static(token)),
        address: None,
        request_id: HeaderValue::from_static("1"),
        deadline: Deadline::within(Duration::from_secs(10)),
        trace: Default::default(),
    };
    let (coalescer, key) = (coalescer.clone(), key.to_owned());
    let reading = tokio::spawn(async move {
        let row = coalescer.read(&caller, key).await?;
        Ok(row.map(|row| String::from_utf8(row.to_vec()).unwrap()))
    });
    tokio::time::sleep(Duration::from_millis(5)).await;
    reading
}

async fn read(coalescer: &Coalescer, key: &str) -> Reading {
    read_for("Bearer a", coalescer, key).await
}

fn row(key: &str) -> Option<String> {
    Some(json!({"key": key}).to_string())
}

/// Two reads on their way, so that further ones wait.
async fn busy(service: &Service, coalescer: &Coalescer) -> [Reading; 2] {
    let first = read(coalescer, "1").await;
    assert_eq!(service.arrived(1).await, [["1"]], "a lone read leaves at once");
    tokio::time::sleep(Duration::from_millis(30)).await;
    let second = read(coalescer, "2").await;
    assert_eq!(service.arrived(2).await, [["1"], ["2"]], "nobody waits for a batch that takes long");
    [first, second]
}

#[tokio::test]
async fn reads_that_wait_leave_together_and_each_gets_its_own() {
    let (service, coalescer) = Service::start().await;
    let on_their_way = busy(&service, &coalescer).await;
    let mut waiting = Vec::new();
    for key in ["3", "404", "5", "3"] {
        waiting.push((key, read(&coalescer, key).await));
    }
    service.gate.add_permits(1);
    assert_eq!(service.arrived(3).await[2], ["3", "404", "5"], "each key once");
    service.gate.add_permits(10);
    for (key, reading) in waiting {
        assert_eq!(reading.await.unwrap().unwrap(), row(key).filter(|_| key != "404"), "{key}");
    }
    for (key, reading) in ["1", "2"].into_iter().zip(on_their_way) {
        assert_eq!(reading.await.unwrap().unwrap(), row(key));
    }
    assert_eq!(read(&coalescer, "6").await.await.unwrap().unwrap(), row("6"), "afterwards it is as it was");
}

#[tokio::test]
async fn a_failure_ends_with_its_batch() {
    let (service, coalescer) = Service::start().await;
    let on_their_way = busy(&service, &coalescer).await;
    let unlucky = [read(&coalescer, "bad").await, read(&coalescer, "3").await];
    service.gate.add_permits(1);
    service.arrived(3).await;
    let lucky = read(&coalescer, "4").await;
    service.gate.add_permits(10);
    for reading in unlucky {
        assert_eq!(reading.await.unwrap().unwrap_err().status(), StatusCode::BAD_GATEWAY);
    }
    assert_eq!(lucky.await.unwrap().unwrap(), row("4"));
    for reading in on_their_way {
        assert!(reading.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_fails_alone() {
    let (service, coalescer) = Service::start().await;
    let _on_their_way = busy(&service, &coalescer).await;
    let (unusable, usable) = (read(&coalescer, "no key").await, read(&coalescer, "3").await);
    service.gate.add_permits(10);
    let refused = unusable.await.unwrap().unwrap_err();
    assert_eq!((refused.status(), refused.message()), (StatusCode::BAD_REQUEST, "no key"));
    assert_eq!(usable.await.unwrap().unwrap(), row("3"));
    let alone = read(&coalescer, "no key").await.await.unwrap().unwrap_err();
    assert_eq!(alone.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn tokens_are_never_mixed_and_do_not_wait_for_each_other() {
    let (service, coalescer) = Service::start().await;
    let _on_their_way = busy(&service, &coalescer).await;
    let (a, b) = (read(&coalescer, "3").await, read_for("Bearer b", &coalescer, "3").await);
    service.arrived(3).await;
    service.gate.add_permits(10);
    assert_eq!(a.await.unwrap().unwrap(), row("3"));
    assert_eq!(b.await.unwrap().unwrap(), row("3"));
    let batches = service.batches.lock().unwrap().clone();
    assert_eq!(batches[2], ("Bearer b".to_owned(), vec!["3".to_owned()]));
    assert_eq!(batches[3], ("Bearer a".to_owned(), vec!["3".to_owned()]));
}

#[tokio::test]
async fn a_caller_that_leaves_takes_nobody_along() {
    let (service, coalescer) = Service::start().await;
    let [first, second] = busy(&service, &coalescer).await;
    let (left, stayed) = (read(&coalescer, "3").await, read(&coalescer, "4").await);
    first.abort();
    left.abort();
    tokio::time::sleep(Duration::from_millis(20)).await;
    service.gate.add_permits(1);
    assert_eq!(service.arrived(3).await[2], ["4"], "nobody asks for 3 any more");
    service.gate.add_permits(10);
    assert_eq!(stayed.await.unwrap().unwrap(), row("4"));
    assert_eq!(second.await.unwrap().unwrap(), row("2"));
}

#[tokio::test]
async fn a_batch_has_an_end_and_the_queue_too() {
    let (service, coalescer) = Service::start().await;
    let _on_their_way = busy(&service, &coalescer).await;
    let caller = Caller {
        who: Arc::new(Identity { subject: "groot".into(), roles: Role::Admin.into(), session: None }),
        authorization: Some(HeaderValue::from_static("Bearer a")),
        address: None,
        request_id: HeaderValue::from_static("1"),
        deadline: Deadline::within(Duration::from_secs(10)),
        trace: Default::default(),
    };
    let mut waiting = tokio::task::JoinSet::new();
    for n in 0..8_192 {
        let (coalescer, caller) = (coalescer.clone(), caller.clone());
        waiting.spawn(async move { coalescer.read(&caller, n.to_string()).await.map(drop) });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = coalescer.read(&caller, "one more".to_owned()).await.unwrap_err();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    service.gate.add_permits(1_000);
    while let Some(read) = waiting.join_next().await {
        assert!(read.unwrap().is_ok());
    }
    assert!(service.batches.lock().unwrap().iter().all(|(_, keys)| keys.len() <= 128));
}
