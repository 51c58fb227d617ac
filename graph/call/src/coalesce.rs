//! Coalescing: reads of single things that arrive together leave together, as one document.
//!
//! A lone read leaves at once. Reads that arrive while [`IN_FLIGHT_MAX`] batches are on their way wait for
//! one of them to come back, and leave with all others that wait by then: the busier the service, the larger
//! the batches, and no read waits for a timer. Each caller keeps its own deadline, may leave at any time,
//! and fails alone. Callers with different tokens are never in one batch.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::HeaderValue;
use bytes::Bytes;
use graph_host::auth::Caller;
use graph_host::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::{Answer, CallError, Document, Upstream};

/// How many batches of one token are on their way at once: while one is answered, the next one travels.
const IN_FLIGHT_MAX: usize = 2;
/// The most keys of a batch; a service takes up to 500.
const BATCH_MAX: usize = 128;
/// The most reads that wait, all tokens together; a further one is refused.
const WAITING_MAX: usize = 8192;
/// How long a read may take, waiting included.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Reads things by their keys, several at a time. Cloning it shares the queue.
#[derive(Clone)]
pub struct Coalescer {
    upstream: Upstream,
    document: Document,
    queue: Arc<Mutex<Queue>>,
}

/// What was read: the thing as JSON, or nothing when there is none with that key.
type Row = Option<Bytes>;

#[derive(Default)]
struct Queue {
    /// A lane for each token that has reads on their way, or waiting.
    lanes: HashMap<HeaderValue, Lane>,
    waiting: usize,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Read>,
    in_flight: usize,
}

/// One caller's read.
struct Read {
    key: String,
    answer: oneshot::Sender<Result<Row, Problem>>,
}

impl Coalescer {
    /// Reads from `upstream` by `document`, which takes a list `$keys` and answers with a list called `found`:
    /// in the same order, with null for a key that nothing has.
    pub fn new(upstream: Upstream, document: Document) -> Self {
        Self { upstream, document, queue: Arc::default() }
    }

    /// The thing with this key, as JSON.
    ///
    /// # Errors
    /// 503 when too many reads are waiting, 504 after ten seconds, and what became of the batch.
    pub async fn read(&self, caller: &Caller, key: String) -> Result<Row, Problem> {
        let (answer, answered) = oneshot::channel();
        if self.enqueue(caller, Read { key, answer })? {
            tokio::spawn(self.clone().send_batches(caller.clone()).instrument(tracing::Span::current()));
        }
        let late = || Problem::from(CallError::Late { service: self.upstream.service() });
        match tokio::time::timeout(ANSWER_WITHIN, answered).await {
            Ok(Ok(row)) => row,
            Ok(Err(_)) => Err(Problem::internal()),
            Err(_) => Err(late()),
        }
    }

    /// Lets a read wait; says whether another batch may leave now.
    fn enqueue(&self, caller: &Caller, read: Read) -> Result<bool, Problem> {
        let mut queue = lock(&self.queue);
        if queue.waiting >= WAITING_MAX {
            return Err(Problem::unavailable("The bookstore has too much to do at the moment; please try again."));
        }
        queue.waiting += 1;
        let lane = queue.lanes.entry(caller.authorization.clone()).or_default();
        lane.waiting.push_back(read);
        let leaves = lane.in_flight < IN_FLIGHT_MAX;
        lane.in_flight += usize::from(leaves);
        Ok(leaves)
    }

    /// Sends batches as long as reads wait. It is a task of its own, so no caller's departure stops it.
    async fn send_batches(self, caller: Caller) {
        // Should a batch panic, its place is given back all the same.
        let token = caller.authorization.clone();
        let mut place = Place { queue: Arc::clone(&self.queue), token, given_back: false };
        while let Some(batch) = place.next_batch() {
            let keys: Vec<&str> = batch.keys().map(String::as_str).collect();
            let rows = self.fetch(&caller, &keys).await;
            for (nth, answers) in batch.into_values().enumerate() {
                let row = rows.as_ref().map(|rows| rows.get(nth).cloned().flatten()).map_err(Problem::clone);
                for answer in answers {
                    // A caller that left does not mind.
                    let _ = answer.send(row.clone());
                }
            }
        }
    }

    /// The things with these keys, in the same order. A failure is logged once, for all.
    async fn fetch(&self, caller: &Caller, keys: &[&str]) -> Result<Vec<Row>, Problem> {
        #[derive(Serialize)]
        struct Variables<'a> {
            keys: &'a [&'a str],
        }
        let answer = self.upstream.ask(caller, self.document, &Variables { keys }).await?;
        Ok(rows(&answer, keys.len())?)
    }
}

/// The rows of an answer, each a slice of its bytes.
fn rows(answer: &Answer, expected: usize) -> Result<Vec<Row>, CallError> {
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        found: Vec<Option<&'a RawValue>>,
    }
    let found = answer.data::<Data<'_>>()?.found;
    if found.len() != expected {
        return Err(answer.bad(format!("it has {} rows for {expected} keys", found.len())));
    }
    Ok(found.into_iter().map(|row| row.map(|row| answer.slice(row.get()))).collect())
}

/// Reads that leave together: each key once, with all who want it.
type Batch = BTreeMap<String, Vec<oneshot::Sender<Result<Row, Problem>>>>;

/// A place among the batches of a token that are on their way.
struct Place {
    queue: Arc<Mutex<Queue>>,
    token: HeaderValue,
    given_back: bool,
}

impl Place {
    /// The reads that leave next, without those whose caller left. When there are none, the place is given
    /// back in the same moment, so that a read that arrives later finds it free.
    fn next_batch(&mut self) -> Option<Batch> {
        let mut queue = lock(&self.queue);
        let queue = &mut *queue;
        let lane = queue.lanes.get_mut(&self.token)?;
        let mut batch = Batch::new();
        while batch.len() < BATCH_MAX
            && let Some(read) = lane.waiting.pop_front()
        {
            queue.waiting -= 1;
            if !read.answer.is_closed() {
                batch.entry(read.key).or_default().push(read.answer);
            }
        }
        if batch.is_empty() {
            self.given_back = true;
            queue.leave(&self.token);
            return None;
        }
        Some(batch)
    }
}

impl Drop for Place {
    /// Only a batch that panicked still has its place here.
    fn drop(&mut self) {
        if !self.given_back {
            lock(&self.queue).leave(&self.token);
        }
    }
}

impl Queue {
    /// Gives a place of a token back; with the last one its lane goes, and whoever still waits there is told.
    fn leave(&mut self, token: &HeaderValue) {
        if let Some(lane) = self.lanes.get_mut(token) {
            lane.in_flight -= 1;
            if lane.in_flight == 0 {
                self.waiting -= lane.waiting.len();
                self.lanes.remove(token);
            }
        }
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
