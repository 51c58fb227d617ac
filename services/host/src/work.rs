//! What a service does besides answering.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

type Job = Box<dyn FnOnce(CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// What services do besides answering, as long as their process serves. Cloning it shares what was put in.
#[derive(Clone, Default)]
pub struct Work(Arc<Mutex<Vec<Job>>>);

impl Work {
    /// Puts in something that goes on until the token says that it is time to stop. It is begun by [`Self::start`].
    pub fn add<F: Future<Output = ()> + Send + 'static>(
        &self,
        job: impl FnOnce(CancellationToken) -> F + Send + 'static,
    ) {
        let job: Job = Box::new(|stop| Box::pin(job(stop)));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(job);
    }

    /// Begins all that was put in.
    #[must_use]
    pub fn start(&self) -> Working {
        let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
        for job in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            tasks.spawn(job(stop.clone()));
        }
        Working { tasks, stop }
    }
}

/// Services at work; what is left when this is dropped is cut off.
pub struct Working {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Working {
    /// Stops; what is being done is ended first.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}
