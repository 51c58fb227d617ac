//! Whether anything goes on between a client and a part, and when nothing shall.

use std::future::Future;
use std::io::{IoSlice, Result};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long a connection rests after a refusal, at least and at most, in milliseconds: by chance, so that those which were
/// refused together do not come back together.
const REST_MS: Range<u64> = 250..750;

/// What goes on in one connection: requests begin, and bytes of answers leave. What a client sends is nothing
/// until it is a whole request.
pub(crate) struct Life {
    began: Instant,
    /// Milliseconds from the beginning to the last sign of life.
    last: AtomicU64,
    /// Milliseconds from the beginning until which nothing is read.
    rests_until: AtomicU64,
}

impl Life {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), last: AtomicU64::new(0), rests_until: AtomicU64::new(0) }
    }

    /// Something goes on.
    pub(crate) fn sign(&self) {
        self.last.store(self.now().max(1), Relaxed);
    }

    /// A request was refused because there is too much to do: for a while, nothing more is read from this connection. A refusal
    /// costs a third of what an answer does, so clients that ask again at once would take the time that others need.
    pub(crate) fn rest(&self) {
        self.rests_until.store(self.now() + fastrand::u64(REST_MS), Relaxed);
    }

    /// When reading goes on, if it does not now.
    fn rests_until(&self) -> Option<Instant> {
        match self.rests_until.load(Relaxed) {
            0 => None,
            until => Some(self.began + Duration::from_millis(until)),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether there was no sign of life yet.
    pub(crate) fn is_new(&self) -> bool {
        self.last.load(Relaxed) == 0
    }

    /// Ends when there was no sign of life for so long.
    pub(crate) async fn silence(&self, longest: Duration) {
        loop {
            let until = self.began + Duration::from_millis(self.last.load(Relaxed)) + longest;
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }
}

/// A connection that gives a sign of life whenever bytes leave, and of which nothing is read while it rests.
pub(crate) struct Watched<S> {
    stream: S,
    life: Arc<Life>,
    rest: Option<Pin<Box<Sleep>>>,
}

impl<S> Watched<S> {
    pub(crate) fn new(stream: S, life: Arc<Life>) -> Self {
        Self { stream, life, rest: None }
    }

    /// Ready when the connection does not rest.
    fn poll_rested(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(until) = self.life.rests_until() else { return Poll::Ready(()) };
        let rest = self.rest.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        ready!(rest.as_mut().poll(context));
        self.rest = None;
        self.life.rests_until.store(0, Relaxed);
        Poll::Ready(())
    }

    fn wrote(&self, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.life.sign();
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        ready!(self.poll_rested(context));
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
