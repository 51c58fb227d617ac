//! What a second client notices while a hostile one does its worst to a running `bookstore`.
//!
//! `FUZZ_DOCUMENTS=100000 cargo test -p bookstore --release --test ceiling second_client -- --ignored --nocapture`;
//! `HOSTILE_CONNECTIONS` says over how many connections the hostile client sends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use graph_host::tokens::Tokens;
use reqwest::Client;
use testkit::number;
use tokio::task::JoinSet;

use crate::documents::Documents;
use crate::families::families;
use crate::process::{LISTEN, Process, free_address, wait_until_up};
use crate::services::Service;

const SECRET: &str = "a secret of the tests, 32 bytes or more";
/// How long the second client waits between two requests, and how many it sends before the hostile one comes.
const PAUSE: Duration = Duration::from_millis(2);
const ALONE: usize = 500;

/// A running `bookstore`, and where its graphs are.
struct Target {
    urls: [String; 2],
    token: String,
    _process: Process,
    _folder: tempfile::TempDir,
}

/// What the hostile client sends: every family ten times, and then so many random documents.
struct Hostile {
    target: Arc<Target>,
    worst: Vec<(Service, Vec<u8>)>,
    documents: Documents,
    count: u64,
    sent: AtomicU64,
    /// Those whose answer had another status than 200.
    refused: AtomicU64,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes, and a machine that does nothing else"]
async fn a_second_client_is_served_while_a_hostile_one_does_its_worst() {
    let target = Arc::new(Target::start().await);
    println!("the second client alone: {}", second_client(&target, &Arc::default(), ALONE).await);
    let hostile = Arc::new(Hostile::new(&target));
    let over = Arc::new(AtomicBool::new(false));
    let report = tokio::spawn(hostile.run(number("HOSTILE_CONNECTIONS", 2), Arc::clone(&over)));
    let figures = second_client(&target, &over, usize::MAX).await;
    println!("{}", report.await.unwrap());
    println!("the second client meanwhile: {figures}");
    assert!(figures.p99 < Duration::from_millis(50), "{figures}");
}

impl Hostile {
    fn new(target: &Arc<Target>) -> Self {
        let of = |service| families(service).into_iter().map(move |(_, body)| (service, body));
        Self {
            target: Arc::clone(target),
            worst: Service::ALL.into_iter().flat_map(of).collect(),
            documents: Documents::new(),
            count: number("FUZZ_DOCUMENTS", 2_000),
            sent: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Sends everything over so many connections, and then says that it is over.
    async fn run(self: Arc<Self>, connections: u64, over: Arc<AtomicBool>) -> String {
        let start = Instant::now();
        let all: JoinSet<_> = (0..connections).map(|_| Arc::clone(&self).send()).collect();
        all.join_all().await;
        over.store(true, Ordering::Relaxed);
        let (sent, refused) = (self.worst.len() as u64 * 10 + self.count, self.refused.load(Ordering::Relaxed));
        let took = start.elapsed();
        format!("{sent} hostile requests over {connections} connections in {took:.0?}; {refused} answers were not 200")
    }

    async fn send(self: Arc<Self>) {
        let http = client();
        while let Some((service, body)) = self.next() {
            let status = self.target.post(&http, service, body).await;
            self.refused.fetch_add(u64::from(status != 200), Ordering::Relaxed);
        }
    }

    fn next(&self) -> Option<(Service, Vec<u8>)> {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let Some(seed) = number.checked_sub(self.worst.len() as u64 * 10) else {
            return self.worst.get(number as usize / 10).cloned();
        };
        let service = Service::ALL[(seed % 2) as usize];
        (seed < self.count).then(|| (service, self.documents.request(service, seed)))
    }
}

/// The second client, on a thread of its own, since the hostile one has enough to do.
async fn second_client(target: &Arc<Target>, over: &Arc<AtomicBool>, most: usize) -> Figures {
    let (target, over) = (Arc::clone(target), Arc::clone(over));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::spawn_blocking(move || runtime().block_on(latencies(&target, &over, most))).await.unwrap()
}

/// What the second client waits for its answers, until it is over or it sent enough.
async fn latencies(target: &Target, over: &AtomicBool, most: usize) -> Figures {
    let (http, mut all) = (client(), Vec::new());
    while all.len() < most && !over.load(Ordering::Relaxed) {
        let start = Instant::now();
        assert_eq!(target.post(&http, Service::Books, br#"{"query":"{ __typename }"}"#.to_vec()).await, 200);
        all.push(start.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    all.sort();
    let at = |part: usize| all[(all.len() * part / 1000).min(all.len() - 1)];
    Figures { count: all.len(), p50: at(500), p99: at(990), max: at(1000) }
}

/// A client with connections of its own.
fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

struct Figures {
    count: usize,
    p50: Duration,
    p99: Duration,
    max: Duration,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { count, p50, p99, max } = self;
        write!(f, "{count} requests, p50 {p50:.2?}, p99 {p99:.2?}, longest {max:.2?}")
    }
}

impl Target {
    async fn start() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let listen = LISTEN.map(|_| free_address());
        let mut settings =
            vec![("BOOKSTORE_DATA_DIR", folder.path().to_str().unwrap()), ("JWT_SECRET", SECRET), ("RUST_LOG", "off")];
        settings.extend(LISTEN.into_iter().zip(listen.iter().map(String::as_str)));
        let process = Process::start("bookstore", &settings);
        wait_until_up(&listen[0]).await;
        let tokens = Tokens::try_new(SECRET.as_bytes(), "cmu.edu", &["groot".to_owned()]).unwrap();
        let urls = [&listen[3], &listen[4]].map(|address| format!("http://{address}/graphql"));
        let token = tokens.mint("groot", Duration::from_secs(86_400)).unwrap();
        Self { urls, token, _process: process, _folder: folder }
    }

    /// The status of the answer, which is read to its end.
    async fn post(&self, http: &Client, service: Service, body: Vec<u8>) -> u16 {
        let request = http.post(&self.urls[service as usize]).bearer_auth(&self.token);
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        let status = response.status().as_u16();
        response.bytes().await.unwrap();
        status
    }
}
