//! Sharing: the same read, asked for many times at once, is made once for all.
//!
//! A read leaves at once when the same one is not on its way. All that arrive while it is share the next one, which
//! leaves when it is back: an answer never was on its way before its caller asked, so whoever has written something
//! reads what they wrote. Only callers with the same token share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::header::HeaderValue;
use graph_host::auth::Caller;
use graph_host::deadline::Deadline;
use graph_host::problem::Problem;
use graph_host::trace::Trace;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::fetched::fetched;
use crate::meters::ShareMeters;
use crate::{Answer, CallError, Document, Repeat, Upstream};

/// The most callers that wait, all reads together; a further one is refused.
const WAITING_MAX: usize = 8192;

/// Makes reads of one document, each of whose answers becomes a `T` once. Cloning it shares what is on its way.
#[derive(Clone)]
pub struct Shared<T> {
    upstream: Upstream,
    document: Document,
    view: View<T>,
    meters: ShareMeters,
    on_their_way: Arc<Mutex<OnTheirWay<T>>>,
}

/// Makes of an answer what callers get.
type View<T> = Arc<dyn Fn(&Answer) -> Result<T, Problem> + Send + Sync>;
/// A read: for whom, by their token, and with which variables, as JSON.
type Key = (Option<HeaderValue>, String);

/// Somebody who waits for a read.
struct Waiting<T> {
    deadline: Deadline,
    trace: Trace,
    answer: oneshot::Sender<Fetched<T>>,
}

/// How many bytes the answer had, and what was made of it.
type Fetched<T> = Result<(usize, T), Problem>;

struct OnTheirWay<T> {
    /// Each read that is on its way, with those who wait for the next one.
    reads: HashMap<Key, Vec<Waiting<T>>>,
    waiting: usize,
}

impl<T: Clone + Send + 'static> Shared<T> {
    /// Reads from `upstream` by `document`; callers get what `view` makes of an answer.
    pub fn new(
        upstream: Upstream,
        document: Document,
        view: impl Fn(&Answer) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Self {
        let nothing = OnTheirWay { reads: HashMap::new(), waiting: 0 };
        let meters = ShareMeters::new(upstream.part(), document.operation);
        Self { upstream, document, view: Arc::new(view), meters, on_their_way: Arc::new(Mutex::new(nothing)) }
    }

    /// What the document gives with these variables.
    ///
    /// # Errors
    /// 503 when too many callers are waiting, 504 at the caller's deadline, what became of the read, and those of the view.
    pub async fn read<V: Serialize>(&self, caller: &Caller, variables: &V) -> Result<T, Problem> {
        self.meters.reads.inc();
        let variables = to_raw_value(variables).map_err(|_| Problem::internal())?;
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { deadline: caller.deadline, trace: caller.trace.clone(), answer };
        if let Some(first) = self.enqueue(caller, &variables, waiting)? {
            let reads = self.clone().make(caller.clone(), variables, first);
            tokio::spawn(reads.instrument(tracing::Span::current()));
        }
        let late = |_| CallError::Late { service: self.upstream.service() };
        let answer = caller.deadline.hold(answered).await.map_err(late)?;
        let (bytes, made) = answer.unwrap_or_else(|_| Err(Problem::internal()))?;
        fetched(bytes);
        Ok(made)
    }

    /// Lets a caller wait; hands it back when its read may leave now.
    fn enqueue(&self, caller: &Caller, variables: &RawValue, new: Waiting<T>) -> Result<Option<Waiting<T>>, Problem> {
        let mut all = lock(&self.on_their_way);
        let all = &mut *all;
        let key = (caller.authorization.clone(), variables.get().to_owned());
        let Some(waiting) = all.reads.get_mut(&key) else {
            all.reads.insert(key, Vec::new());
            return Ok(Some(new));
        };
        if all.waiting >= WAITING_MAX {
            return Err(Problem::busy());
        }
        all.waiting += 1;
        waiting.push(new);
        Ok(None)
    }

    /// Makes a read as long as somebody waits for it. It is a task of its own, so no caller's departure stops it.
    async fn make(self, mut caller: Caller, variables: Box<RawValue>, first: Waiting<T>) {
        let key = (caller.authorization.clone(), variables.get().to_owned());
        let mut way = Way { shared: &self, key, left: false };
        let mut waiting = vec![first];
        while let Some(latest) = waiting.iter().map(|one| one.deadline).reduce(Deadline::or_later) {
            // It is of use as long as anybody waits for it.
            caller.deadline = latest;
            let span = Trace::joint("shared read", waiting.iter().map(|one| &one.trace));
            if let Some(first) = waiting.first() {
                caller.trace = first.trace.clone();
            }
            self.meters.calls.inc();
            let call = self.upstream.call(&caller, self.document, &variables, Repeat::Harmless);
            let answer = call.instrument(span).await.map_err(Problem::from);
            let answer = answer.and_then(|answer| Ok((answer.len(), (self.view)(&answer)?)));
            for one in waiting {
                // A caller that left does not mind.
                let _ = one.answer.send(answer.clone());
            }
            waiting = way.next();
        }
    }
}

/// A read that is on its way. Should it panic, those who wait for the next one are told.
struct Way<'a, T> {
    shared: &'a Shared<T>,
    key: Key,
    left: bool,
}

impl<T> Way<'_, T> {
    /// Those who wait for the next read, without those who left.
    fn next(&mut self) -> Vec<Waiting<T>> {
        let mut all = lock(&self.shared.on_their_way);
        let waiting = all.reads.get_mut(&self.key).map(std::mem::take).unwrap_or_default();
        all.waiting -= waiting.len();
        let staying: Vec<_> = waiting.into_iter().filter(|one| !one.answer.is_closed()).collect();
        if staying.is_empty() {
            all.reads.remove(&self.key);
            self.left = true;
        }
        staying
    }
}

impl<T> Drop for Way<'_, T> {
    fn drop(&mut self) {
        if self.left {
            return;
        }
        let mut all = lock(&self.shared.on_their_way);
        let waiting = all.reads.remove(&self.key).unwrap_or_default();
        all.waiting -= waiting.len();
    }
}

fn lock<T>(all: &Mutex<OnTheirWay<T>>) -> MutexGuard<'_, OnTheirWay<T>> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}
