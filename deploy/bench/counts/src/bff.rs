//! The BFFs and the coalescer over a service that answers from memory, in a thread that is not counted.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use axum::routing::post;
use axum::{Json, Router};
use graph_call::{Coalescer, Document, Upstream};
use graph_documents::Mode;
use graph_host::auth::Caller;
use graph_host::deadline::Deadline;
use graph_host::identity::{Identity, Role};
use graph_rest::{Client, Upstreams};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Ready, book, isbn, runtime, tokens};

/// One book through the web BFF.
pub fn web_book() -> Ready {
    bff(&bff_web::CLIENT, "Web", &format!("/books/{}", isbn(4)))
}

/// One book through the mobile BFF, which shapes it.
pub fn mobile_book() -> Ready {
    bff(&bff_mobile::CLIENT, "iOS", &format!("/books/{}", isbn(4)))
}

/// A page of 500 books through the web BFF.
pub fn web_page() -> Ready {
    bff(&bff_web::CLIENT, "Web", "/books?limit=500")
}

/// A page of 500 books through the mobile BFF.
pub fn mobile_page() -> Ready {
    bff(&bff_mobile::CLIENT, "iOS", "/books?limit=500")
}

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

fn bff(client: &Client, client_type: &str, path: &str) -> Ready {
    let upstream = upstream();
    let (tokens, authorization) = tokens();
    let runtime = runtime();
    let request = || {
        let request = Request::get(path).header(header::AUTHORIZATION, &authorization);
        request.header("X-Client-Type", client_type).body(Body::empty()).expect("a request")
    };
    let upstreams = Upstreams::new(client.services.iter().map(|(name, _)| (*name, upstream.clone())));
    let app = graph_rest::app(client, &upstreams, tokens.into()).expect("a client that fits its graphs");
    // The first one opens the connection.
    Ready::new(runtime, app, vec![request()], request())
}

/// A coalescer that is about to get many reads at once.
pub struct Coalescing {
    runtime: Runtime,
    coalescer: Coalescer,
    caller: Caller,
    keys: Vec<String>,
}

/// A coalescer with so many reads to come.
pub fn reads(count: usize) -> Coalescing {
    let document = Document { operation: "BooksByIsbn", text: "query BooksByIsbn { found }", id: "sha256:0" };
    let coalescer = Coalescer::new(upstream(), document, "keys");
    let header = HeaderValue::from_static("Bearer token");
    let request_id = HeaderValue::from_static("0123456789abcdef");
    let deadline = Deadline::within(std::time::Duration::from_secs(300));
    let trace = Default::default();
    let who = Identity { subject: "gamora".into(), roles: Role::Admin.into(), session: None };
    let (who, authorization) = (Arc::new(who), Some(header));
    let caller = Caller { who, authorization, address: None, request_id, deadline, trace };
    let ready = Coalescing { runtime: runtime(), coalescer, caller, keys: vec![isbn(1)] };
    let ready = ready.read();
    Coalescing { keys: (0..count).map(isbn).collect(), ..ready }
}

impl Coalescing {
    /// All the reads, each by a task of its own, as requests are.
    pub fn read(mut self) -> Self {
        let keys = std::mem::take(&mut self.keys);
        self.runtime.block_on(async {
            let mut reads = JoinSet::new();
            for key in keys {
                let (coalescer, caller) = (self.coalescer.clone(), self.caller.clone());
                reads.spawn(async move { coalescer.read(&caller, key).await });
            }
            while let Some(read) = reads.join_next().await {
                let row = read.expect("a read that ends").unwrap_or_else(|problem| panic!("{}", problem.message()));
                assert!(row.is_some(), "there is a book with every key");
            }
        });
        self
    }
}

/// A service that has every book, and pages of any size.
fn upstream() -> Upstream {
    let (tell, told) = std::sync::mpsc::channel::<SocketAddr>();
    std::thread::spawn(move || {
        runtime().block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.send(listener.local_addr().expect("its address")).expect("somebody waits for it");
            let app = Router::new().route("/graphql", post(answer));
            graph_host::serving::serve(listener, app, CancellationToken::new()).await;
        });
    });
    let address = told.recv().expect("an address");
    Upstream::try_new("book", &format!("http://{address}/graphql"), Mode::Open).expect("an upstream")
}

async fn answer(Json(body): Json<Value>) -> ([(header::HeaderName, &'static str); 1], String) {
    let variables = &body["variables"];
    if let Some(first) = variables["limit"].as_u64() {
        let nodes: Vec<String> = (0..first as usize).map(|number| format!("{{{}}}", fields(number))).collect();
        let page = json!({"hasNextPage": true, "endCursor": isbn(first as usize)});
        return (JSON, format!(r#"{{"data":{{"page":{{"nodes":[{}],"pageInfo":{page}}}}}}}"#, nodes.join(",")));
    }
    let keys = ["ISBN", "keys"].iter().find_map(|name| variables[name].as_array());
    let count = keys.map_or(0, Vec::len);
    // Its version comes first, as the documents select it.
    let found: Vec<String> = (0..count).map(|number| format!(r#"{{"version":"6f3a5c",{}}}"#, fields(number))).collect();
    (JSON, format!(r#"{{"data":{{"found":[{}]}}}}"#, found.join(",")))
}

/// The fields of a book, in the order in which the documents select them.
fn fields(number: usize) -> String {
    let book = book(number);
    let names = ["ISBN", "title", "Author", "description", "genre", "price", "quantity"];
    names.map(|name| format!("\"{name}\":{}", book[name])).join(",")
}
