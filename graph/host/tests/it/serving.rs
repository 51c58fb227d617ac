//! HTTP/1.1 and h2 on one port, and the limits of both.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, Request, Version};
use axum::routing::{get, post};
use graph_host::app;
use graph_host::load::Load;
use graph_host::serving::serve;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What a client of h2 sends first, and an empty SETTINGS frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

struct Part {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Part {
    async fn start() -> Self {
        Self::with(Load::default()).await
    }

    async fn with(load: Load) -> Self {
        let routes = Router::new()
            .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(500)).await }))
            .route("/slower", get(|| async { tokio::time::sleep(Duration::from_secs(2)).await }))
            .route("/echo", post(|body: String| async { body }))
            .route("/long", get(|| async { "long ".repeat(1_000_000) }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let part = app::Part { load, ..app::Part::new("part") };
        let serving = tokio::spawn(serve(listener, part.app(routes), stop.clone()));
        Self { address, stop, serving }
    }

    fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn clients() -> [(Version, reqwest::Client); 2] {
    let client = || reqwest::Client::builder().no_proxy();
    let h2 = client().http2_prior_knowledge().build().unwrap();
    [(Version::HTTP_11, client().http1_only().build().unwrap()), (Version::HTTP_2, h2)]
}

#[tokio::test]
async fn both_protocols_are_answered_on_one_port() {
    let part = Part::start().await;
    for (version, client) in clients() {
        let answer = client.get(part.at("/status")).send().await.unwrap();
        assert_eq!((answer.version(), answer.status().as_u16()), (version, 200));
        let body = "x".repeat(1_500_000);
        let echo = client.post(part.at("/echo")).body(body.clone()).send().await.unwrap();
        assert_eq!(echo.text().await.unwrap().len(), body.len());
        assert_eq!(client.get(part.at("/long")).send().await.unwrap().text().await.unwrap().len(), 5_000_000);
        let head = client.head(part.at("/long")).send().await.unwrap();
        assert_eq!((&head.headers()["content-length"], head.version()), (&"5000000".parse().unwrap(), version));
        assert!(head.text().await.unwrap().is_empty());
        let missing = client.get(part.at("/nothing")).send().await.unwrap();
        assert_eq!(
            (missing.status().as_u16(), &missing.headers()["content-type"]),
            (404, &"application/problem+json".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn many_requests_share_one_h2_connection() {
    let part = Part::start().await;
    let [_, (_, client)] = clients();
    client.get(part.at("/status")).send().await.unwrap();
    let started = Instant::now();
    let all = (0..100).map(|_| client.get(part.at("/slow")).send());
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert!(started.elapsed() < Duration::from_secs(5), "one after the other they would take 50 s");
}

#[tokio::test]
async fn a_stop_lets_requests_in_flight_end_on_both_protocols() {
    for (version, client) in clients() {
        let part = Part::start().await;
        client.get(part.at("/status")).send().await.unwrap();
        let asked = tokio::spawn(client.get(part.at("/slow")).send());
        tokio::time::sleep(Duration::from_millis(100)).await;
        part.stop.cancel();
        assert_eq!(asked.await.unwrap().unwrap().status(), 200, "{version:?}");
        tokio::time::timeout(Duration::from_secs(5), part.serving).await.expect("the part ends").unwrap();
    }
}

#[tokio::test]
async fn who_was_refused_is_not_heard_again_at_once() {
    let part = Part::with(Load { in_flight: 1, ..Load::default() }).await;
    let [(_, http1), (_, h2)] = clients();
    let hold = tokio::spawn(http1.get(part.at("/slower")).send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    // One connection: a client of HTTP/1.1 opens a second one while the first is busy.
    let mut stream = TcpStream::connect(part.address).await.unwrap();
    let mut ask = async || {
        let began = Instant::now();
        stream.write_all(b"GET /long HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 16 * 1024];
        let read = stream.read(&mut answer).await.unwrap();
        (String::from_utf8_lossy(&answer[..read]).lines().next().unwrap().to_owned(), began.elapsed())
    };
    let shortest = Duration::from_millis(240);
    let (status, took) = ask().await;
    assert!(status == "HTTP/1.1 503 Service Unavailable" && took < shortest, "{status} after {took:?}");
    let (_, took) = ask().await;
    assert!(took > shortest, "it was heard after {took:?}");
    // The next refusal of a connection that others may share: it is read as before.
    let began = Instant::now();
    for _ in 0..2 {
        assert_eq!(h2.get(part.at("/long")).send().await.unwrap().status(), 503);
    }
    assert!(began.elapsed() < shortest, "{:?}", began.elapsed());
    hold.await.unwrap().unwrap();
}

/// How long a connection lasts that sends this and then nothing.
async fn lasts(part: &Part, sends: &[u8]) -> Duration {
    let mut stream = TcpStream::connect(part.address).await.unwrap();
    stream.write_all(sends).await.unwrap();
    let started = Instant::now();
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    started.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed_whatever_it_began_with() {
    let part = Part::start().await;
    let half_a_head: &[u8] = b"GET /status HTTP/1.1\r\nhost: a\r\n";
    // HEADERS without END_HEADERS: the rest of the head is to follow, and never does.
    let half_a_h2_head = [PREFACE, b"\0\0\x01\x01\0\0\0\0\x01\x82"].concat();
    let answered: &[u8] = b"GET /status HTTP/1.1\r\nhost: a\r\n\r\n";
    for sends in [b"".as_slice(), b"PRI * HT", b"P", half_a_head, PREFACE, &half_a_h2_head, answered] {
        let lasted = lasts(&part, sends).await;
        let limits = Duration::from_secs(59)..Duration::from_secs(75);
        assert!(limits.contains(&lasted), "{:?} lasted {lasted:?}", String::from_utf8_lossy(sends));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_its_answer_is_cut_off() {
    let part = Part::start().await;
    let mut stream = TcpStream::connect(part.address).await.unwrap();
    stream.write_all(b"GET /long HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_secs(120)).await;
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read).await;
    assert!(read.len() < 5_000_000, "all of it was still sent");
}

#[tokio::test]
async fn a_client_that_keeps_taking_requests_back_is_shown_the_door() {
    let part = Part::start().await;
    let stream = TcpStream::connect(part.address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let ended = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let mut sent = 0;
    while sent < 10_000 && !ended.is_finished() {
        let request = Request::get(part.at("/slow")).body(()).unwrap();
        let Ok((_answer, mut stream)) = client.send_request(request, true) else { break };
        stream.send_reset(h2::Reason::CANCEL);
        sent += 1;
        tokio::task::yield_now().await;
    }
    let error = tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the connection ends").unwrap();
    assert!(error.is_err() && sent < 10_000, "{sent} requests were taken back: {error:?}");
    assert_eq!(clients()[1].1.get(part.at("/status")).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_its_connection_goes_on() {
    let part = Part::start().await;
    for ((version, client), many) in clients().into_iter().zip([120, 20]) {
        let mut headers = HeaderMap::new();
        for n in 0..many {
            headers.insert(HeaderName::try_from(format!("x-{n}")).unwrap(), "y".repeat(1_000).parse().unwrap());
        }
        let refused = client.get(part.at("/status")).headers(headers).send().await;
        assert!(refused.is_ok_and(|answer| answer.status() == 431), "{version:?}");
        assert_eq!(client.get(part.at("/status")).send().await.unwrap().status(), 200, "{version:?}");
    }
}
