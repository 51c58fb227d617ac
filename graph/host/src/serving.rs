//! Listening, serving and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// How many connections a part serves at once; further ones wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 8192;
/// How many connections the kernel keeps waiting until they are accepted.
const BACKLOG: u32 = 1024;
/// How long a connection may stay silent before or between requests. The calling side lets its idle
/// connections go sooner (`graph-call`), so that it never writes into one that is being closed.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How long requests in flight may take to end once stopping has begun.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// A port could not be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} ({setting})")]
pub struct CannotListen {
    setting: &'static str,
    address: SocketAddr,
    #[source]
    source: std::io::Error,
}

/// Takes a port. It must be called within a runtime.
///
/// # Errors
/// [`CannotListen`], which names the address and the setting that chose it.
pub fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, CannotListen> {
    let take = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A restart need not wait for the connections of the run before it to be forgotten.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    take().map_err(|source| CannotListen { setting, address, source })
}

/// A token that is cancelled by Ctrl-C or SIGTERM.
///
/// # Errors
/// When the signal handlers cannot be installed.
pub fn stop_on_signal() -> std::io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tracing::info!("stopping: no new connections, requests in flight may end");
        asked.cancel();
    });
    Ok(stop)
}

/// Serves `app` until `stop`, then lets requests in flight end, for up to ten seconds.
pub async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SILENCE_MAX);
    let connections = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    while let Some((stream, slot)) = accept(&listener, &slots, &stop).await {
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(app.clone());
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_MAX, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight after {} s and were cut off", DRAIN_MAX.as_secs());
    }
}

/// The next connection and its slot, or nothing once it is time to stop.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let next = async {
        let slot = Arc::clone(slots).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((stream, slot)),
                Err(error) => {
                    // Most often too many open files: wait for some to close rather than spin.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::select! { connection = next => connection, () = stop.cancelled() => None }
}
