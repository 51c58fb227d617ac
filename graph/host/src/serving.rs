//! Listening, serving and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use crate::connection::Protocols;
use crate::steady::steady;

/// How many connections a part serves at once; further ones wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 8192;
/// How many connections the kernel keeps waiting until they are accepted.
const BACKLOG: u32 = 1024;

/// A port could not be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} ({setting})")]
pub struct CannotListen {
    setting: String,
    address: SocketAddr,
    #[source]
    source: std::io::Error,
}

/// Takes a port. It must be called within a runtime.
///
/// # Errors
/// [`CannotListen`], which names the address and the setting that chose it.
pub fn listen(setting: &str, address: SocketAddr) -> Result<TcpListener, CannotListen> {
    let take = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A restart need not wait for the connections of the run before it to be forgotten.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    take().map_err(|source| CannotListen { setting: setting.to_owned(), address, source })
}

/// Whether this process was told to stop.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Whether this process was told to stop. It may still take requests for a while.
pub fn is_stopping() -> bool {
    STOPPING.load(Ordering::Relaxed)
}

/// A token that is cancelled by Ctrl-C, or by SIGTERM and after `grace`. Meanwhile `/readyz` answers 503, so that load
/// balancers send nothing more; a second signal ends the wait.
///
/// # Errors
/// When the signal handlers cannot be installed.
pub fn stop_on_signal(grace: Duration) -> std::io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        let wait = tokio::select! { _ = interrupt.recv() => Duration::ZERO, _ = terminate.recv() => grace };
        STOPPING.store(true, Ordering::Relaxed);
        if !wait.is_zero() {
            tracing::info!(grace = ?wait, "about to stop: no longer ready, requests are still taken");
            tokio::select! { () = tokio::time::sleep(wait) => {}, _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        }
        tracing::info!("stopping: no new connections, requests in flight may end");
        asked.cancel();
    });
    Ok(stop)
}

/// How often a part looks at its clock.
const BEAT: Duration = Duration::from_secs(1);

/// Keeps the runtime's next timer near. Else nearly every deadline of a request would be the next one, and the runtime
/// would wake the thread that waits for timers, by a system call or two a request, to tell it so.
async fn beat() {
    let mut interval = tokio::time::interval(BEAT);
    loop {
        interval.tick().await;
    }
}

/// Serves `app` until `stop`, then lets requests in flight end, for up to ten seconds.
pub async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    let _beating = AbortOnDropHandle::new(tokio::spawn(beat()));
    let protocols = Protocols::new();
    let connections = TaskTracker::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let begin = |(stream, slot): (TcpStream, OwnedSemaphorePermit)| {
        let _ = stream.set_nodelay(true);
        let (protocols, app, stop) = (protocols.clone(), app.clone(), stop.clone());
        connections.spawn(steady(async move {
            protocols.serve(stream, app, stop).await;
            drop(slot);
        }));
    };
    while let Some(next) = accept(&listener, &slots, &stop).await {
        begin(next);
    }
    // Those that the kernel took for us have sent their requests; closing the port would reset them.
    while let Some(next) = accept_waiting(&listener, &slots) {
        begin(next);
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The next connection and its slot, or nothing once it is time to stop.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
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

/// A connection that waits to be accepted, and its slot; nothing when there is none.
fn accept_waiting(listener: &TcpListener, slots: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).try_acquire_owned().ok()?;
    let mut context = Context::from_waker(Waker::noop());
    match listener.poll_accept(&mut context) {
        Poll::Ready(Ok((stream, _))) => Some((stream, slot)),
        _ => None,
    }
}
