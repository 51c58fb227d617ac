//! Running a future that wakes itself for nothing.
//!
//! hyper wakes the task of a connection when a handler begins to read a body, which that task is just running. async-graphql
//! resolves fields by `FuturesUnordered`, which yields once when it has polled all its futures: it wakes
//! its task although none of them is ready. To the runtime that is a task with more to do, for which it wakes a second
//! thread, at several times the cost of a look-up. Here such a future is just asked once more.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// How often a future is asked again before it is believed that it has more to do.
const AGAIN_MAX: usize = 4;

/// Nobody asks the future, and a wake-up goes to the task.
const IDLE: u8 = 0;
/// The future is being asked.
const ASKED: u8 = 1;
/// It was woken since it was last asked.
const WOKEN: u8 = 2;

/// What wakes the task, but not while it is running anyhow.
#[derive(Default)]
struct Bell {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.swap(WOKEN, Ordering::AcqRel) == IDLE {
            self.task.wake();
        }
    }
}

/// Runs `future`, which is asked again at once, a few times, when it wakes itself while it is asked.
pub(crate) async fn steady<F: Future>(future: F) -> F::Output {
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut future = pin!(future);
    std::future::poll_fn(|task| {
        bell.task.register(task.waker());
        ask(future.as_mut(), &bell, &waker)
    })
    .await
}

fn ask<F: Future>(mut future: Pin<&mut F>, bell: &Bell, waker: &Waker) -> Poll<F::Output> {
    for _ in 0..=AGAIN_MAX {
        bell.state.store(ASKED, Ordering::Release);
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(waker)) {
            return Poll::Ready(output);
        }
        if bell.state.compare_exchange(ASKED, IDLE, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            return Poll::Pending;
        }
    }
    bell.task.wake();
    Poll::Pending
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use futures_util::StreamExt;
    use futures_util::stream::FuturesUnordered;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_future_that_only_wakes_itself_wakes_nobody() {
        let count = Arc::new(Count::default());
        let mut all: FuturesUnordered<_> = [std::future::pending::<()>()].into_iter().collect();
        let mut run = pin!(steady(all.next()));
        let waker = Waker::from(Arc::clone(&count));
        assert!(run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(count.0.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_future_that_yields_for_ever_lets_others_run() {
        let yields = async {
            loop {
                std::future::poll_fn(|task| {
                    task.waker().wake_by_ref();
                    Poll::<()>::Pending
                })
                .await;
            }
        };
        let late = tokio::time::timeout(Duration::from_millis(20), steady(yields)).await;
        assert!(late.is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_wake_up_is_lost() {
        let tasks = (0..200).map(|nth| {
            tokio::spawn(steady(async move {
                for step in 0..100 {
                    let (sender, receiver) = tokio::sync::oneshot::channel();
                    tokio::spawn(async move { sender.send(step) });
                    let mut all: FuturesUnordered<_> = [receiver].into_iter().collect();
                    assert_eq!(all.next().await.unwrap().unwrap(), step);
                }
                nth
            }))
        });
        let all = futures_util::future::join_all(tasks.collect::<Vec<_>>());
        let all = tokio::time::timeout(Duration::from_secs(30), all).await.expect("a task was not woken");
        assert_eq!(all.into_iter().map(Result::unwrap).sum::<usize>(), 199 * 100);
    }
}
