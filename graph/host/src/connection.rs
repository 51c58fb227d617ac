//! One connection: HTTP/1.1 or h2 (prior knowledge, RFC 9113, section 3.3), and how long it may be silent.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{Request, Version};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::address::Peer;
use crate::queue::Refused;
use crate::silence::{Life, Watched};

/// How long requests in flight may take to end once a connection has begun to close.
const DRAIN_MAX: Duration = Duration::from_secs(10);
/// How long a connection may stay silent before or between requests, and a client may leave its answer
/// unread. The calling side lets its idle connections go sooner (`graph-call`), so that it never writes into
/// one that is being closed.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// How many requests one h2 connection may have open at once.
const STREAMS_MAX: u32 = 100;
/// The largest head of an h2 request, in bytes, with 32 more for each header (RFC 9113, section 6.5.2).
const HEADERS_MAX_BYTES: u32 = 16 * 1024;
/// How much of a request's body, and of all the bodies on one connection, is taken in before it is read.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// How much of one answer waits for its client.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// How many streams a client may open and take back before the connection ends (CVE-2023-44487), and how many
/// may end by its own errors (RUSTSEC-2024-0003).
const RESETS_MAX: usize = 20;
const ERRORS_MAX: usize = 128;

/// How long a connection that is new when a part is to stop may take to bring its first request: that may have been on its
/// way already.
const FIRST_WITHIN: Duration = Duration::from_millis(250);

/// The two protocols, with their limits. Of an HTTP/1.1 request hyper itself reads at most 100 headers.
#[derive(Clone)]
pub(crate) struct Protocols(auto::Builder<TokioExecutor>);

impl Protocols {
    pub(crate) fn new() -> Self {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(SILENCE_MAX);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(HEADERS_MAX_BYTES)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .max_send_buf_size(SEND_BUFFER_BYTES)
            .max_pending_accept_reset_streams(RESETS_MAX)
            .max_local_error_reset_streams(ERRORS_MAX);
        Self(builder)
    }

    /// Serves one connection until its client leaves or falls silent, or until `stop`; then what is in flight
    /// may end, for up to ten seconds.
    pub(crate) async fn serve(&self, stream: TcpStream, app: Router, stop: CancellationToken) {
        let life = Arc::new(Life::new());
        let app = TowerToHyperService::new(app);
        let peer = stream.peer_addr().ok().map(|peer| Peer(peer.ip()));
        let service = service_fn(|mut request: Request<Incoming>| {
            life.sign();
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            // An h2 connection may be many clients'.
            let may_rest = request.version() < Version::HTTP_2;
            let (answer, life) = (app.call(request), Arc::clone(&life));
            async move {
                let answer = answer.await;
                if may_rest && answer.as_ref().is_ok_and(|answer| answer.extensions().get::<Refused>().is_some()) {
                    life.rest();
                }
                answer
            }
        });
        let io = TokioIo::new(Watched::new(stream, Arc::clone(&life)));
        let mut connection = pin!(self.0.serve_connection(io, service));
        let ended = tokio::select! {
            ended = connection.as_mut() => Ok(ended),
            () = time_to_stop(&stop, &life) => Err("it is time to stop"),
            () = life.silence(SILENCE_MAX) => Err("it is silent"),
        };
        let ended = match ended {
            Ok(ended) => ended,
            Err(why) => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(DRAIN_MAX, connection).await {
                    Ok(ended) => ended,
                    Err(_) => return tracing::warn!(why, "a request was still in flight after 10 s and was cut off"),
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(error, "a connection broke");
        }
    }
}

/// Ends when a connection is to be closed because its part is to stop.
async fn time_to_stop(stop: &CancellationToken, life: &Life) {
    stop.cancelled().await;
    let until = Instant::now() + FIRST_WITHIN;
    while life.is_new() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
