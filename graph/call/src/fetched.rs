//! How much a request fetched from the services, to be held against what its client gets.

use graph_host::metrics::Counter;

tokio::task_local! {
    /// What counts the bytes that the request at hand fetched.
    static FETCHED: Counter;
}

/// Runs `work`, which answers a request, and counts in `fetched` the bytes that it fetches: of each answer that it
/// uses those that are there for it, also when others use them as well.
pub async fn counting<T>(fetched: Counter, work: impl Future<Output = T>) -> T {
    FETCHED.scope(fetched, work).await
}

/// `work` as a part of the request at hand, to be run by a task of its own.
pub fn counted_here<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let fetched = FETCHED.try_with(Clone::clone).ok();
    async move {
        match fetched {
            Some(fetched) => counting(fetched, work).await,
            None => work.await,
        }
    }
}

/// The request at hand uses so many bytes of an answer.
pub(crate) fn fetched(bytes: usize) {
    let _ = FETCHED.try_with(|fetched| fetched.inc_by(u64::try_from(bytes).unwrap_or(u64::MAX)));
}
