//! Coalescing: reads of single things that arrive together leave together, as one document.
//!
//! A lone read leaves at once. Reads that arrive while a batch is on its way wait for
//! it to come back, and leave with all others that wait by then: the busier the service, the larger
//! the batches, and no read waits for a timer. When a batch takes [`LONG`], the next one no longer waits for it.
//! Each caller keeps its own deadline, may leave at any time,
//! and fails alone. Callers with different tokens are never in one batch.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::header::HeaderValue;
use bytes::Bytes;
use graph_host::auth::Caller;
use graph_host::deadline::Deadline;
use graph_host::problem::Problem;
use graph_host::trace::Trace;
use serde::{Serialize, Serializer};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tracing::{Instrument, Span};

use crate::answer::Row;
use crate::fetched::fetched;
use crate::meters::BatchMeters;
use crate::{CallError, Document, Repeat, Upstream};

/// How long a batch may be on its way until reads that arrive leave without it. In a quicker one it pays to wait: one
/// document with twice the keys costs less than two.
const LONG: Duration = Duration::from_millis(20);
/// How many batches of one token are on their way at once.
const IN_FLIGHT_MAX: usize = 2;
/// The most keys of a batch; a service takes up to 500.
const BATCH_MAX: usize = 128;
/// The most reads that wait, all tokens together; a further one is refused.
const WAITING_MAX: usize = 8192;

/// Reads things by their keys, several at a time. Cloning it shares the queue.
#[derive(Clone)]
pub struct Coalescer {
    upstream: Upstream,
    document: Document,
    variable: Arc<str>,
    meters: BatchMeters,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    /// A lane for each token that has reads on their way, or waiting.
    lanes: HashMap<Option<HeaderValue>, Lane>,
    waiting: usize,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Read>,
    in_flight: usize,
    /// When the last batch left.
    left: Option<Instant>,
}

impl Lane {
    /// Takes a place for a batch that leaves now, when reads shall not wait for those that are on their way.
    fn takes_place(&mut self) -> bool {
        let long = || self.left.is_none_or(|left| left.elapsed() >= LONG);
        let takes = self.in_flight == 0 || (self.in_flight < IN_FLIGHT_MAX && long());
        if takes {
            self.in_flight += 1;
            self.left = Some(Instant::now());
        }
        takes
    }
}

/// One caller's read.
struct Read {
    key: String,
    deadline: Deadline,
    trace: Trace,
    answer: Waiting,
}

/// How many bytes of the answer were there for one thing, and what was read of it.
type Fetched = Result<(usize, Row), Problem>;
type Waiting = oneshot::Sender<Fetched>;

impl Coalescer {
    /// Reads from `upstream` by `document`, which takes a list of keys as its `variable` and answers with a list called `found`:
    /// in the same order, with null for a key that nothing has, and an error for one that cannot be used.
    pub fn new(upstream: Upstream, document: Document, variable: &str) -> Self {
        let meters = BatchMeters::new(upstream.part(), document.operation);
        Self { upstream, document, variable: variable.into(), meters, queue: Arc::default() }
    }

    /// The thing with this key, as JSON.
    ///
    /// # Errors
    /// 400 for a key that cannot be used, 503 when too many reads are waiting, 504 at the caller's deadline, and what
    /// became of the batch.
    pub async fn read(&self, caller: &Caller, key: String) -> Result<Row, Problem> {
        let read = async {
            match self.enqueue(caller, &key)? {
                Turn::Now(place) => place.read_alone(&key).await,
                Turn::Later(answered) => answered.await.unwrap_or_else(|_| Err(Problem::internal())),
            }
        };
        self.meters.reads.inc();
        let late = |_| Err(CallError::Late { service: self.upstream.service() }.into());
        let (bytes, row) = caller.deadline.hold(read).await.unwrap_or_else(late)?;
        fetched(bytes);
        Ok(row)
    }

    /// Takes a place for a read that may leave now, or lets it wait.
    fn enqueue(&self, caller: &Caller, key: &str) -> Result<Turn, Problem> {
        let mut queue = lock(&self.queue);
        let waiting = queue.waiting;
        let lane = queue.lanes.entry(caller.authorization.clone()).or_default();
        let place = lane.takes_place().then(|| Place { coalescer: self.clone(), caller: caller.clone(), left: false });
        if let Some(place) = place {
            // Those who wait already leave with its next batch, or when another one comes back.
            return Ok(Turn::Now(Box::new(place)));
        }
        if waiting >= WAITING_MAX {
            return Err(Problem::busy());
        }
        let (answer, answered) = oneshot::channel();
        let (key, deadline, trace) = (key.to_owned(), caller.deadline, caller.trace.clone());
        lane.waiting.push_back(Read { key, deadline, trace, answer });
        queue.waiting += 1;
        Ok(Turn::Later(answered))
    }

    /// What became of each of these keys, in the same order. A failure of all is logged once.
    async fn fetch(&self, caller: &Caller, keys: &[&str]) -> Result<Vec<Fetched>, Problem> {
        self.meters.sent(keys.len());
        let variables = Variables { name: &self.variable, keys };
        let answer = self.upstream.call(caller, self.document, &variables, Repeat::Harmless).await?;
        let rows = answer.rows(keys.len())?;
        let length = |row: &Row| row.as_ref().map_or(0, Bytes::len);
        let around = answer.len().saturating_sub(rows.iter().flatten().map(length).sum());
        // What is around the rows is there for all of them alike.
        let share = around / keys.len().max(1);
        let weighed = |row: Row| (length(&row) + share, row);
        Ok(rows.into_iter().map(|row| row.map(weighed)).collect())
    }
}

/// The one variable of a batch's document.
struct Variables<'a> {
    name: &'a str,
    keys: &'a [&'a str],
}

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.name, self.keys)])
    }
}

/// Whether a read leaves now, or with a later batch.
enum Turn {
    Now(Box<Place>),
    Later(oneshot::Receiver<Fetched>),
}

/// Reads that leave together: each key once, with all who want it.
type Batch = BTreeMap<String, Vec<Waiting>>;

/// A place among the batches of a token that are on their way. Whoever holds it sends batches; when it is dropped,
/// be it because a caller left, it goes to a task of its own as long as reads wait for it.
struct Place {
    coalescer: Coalescer,
    caller: Caller,
    left: bool,
}

impl Place {
    /// Reads one thing for a caller who is alone here, without a task of its own.
    async fn read_alone(self, key: &str) -> Fetched {
        let mut rows = self.coalescer.fetch(&self.caller, &[key]).await?;
        rows.pop().unwrap_or_else(|| Err(Problem::internal()))
    }

    /// Sends batches as long as reads wait.
    async fn send_batches(mut self) {
        while let Some((batch, span)) = self.next_batch() {
            let keys: Vec<&str> = batch.keys().map(String::as_str).collect();
            let rows = self.coalescer.fetch(&self.caller, &keys).instrument(span).await;
            let rows = rows.unwrap_or_else(|problem| vec![Err(problem); batch.len()]);
            for (answers, row) in batch.into_values().zip(rows) {
                for answer in answers {
                    // A caller that left does not mind.
                    let _ = answer.send(row.clone());
                }
            }
        }
    }

    /// The reads that leave next, without those whose caller left, and the span of their batch. When there are none, the place is given
    /// back in the same moment, so that a read that arrives later finds it free.
    fn next_batch(&mut self) -> Option<(Batch, Span)> {
        let mut queue = lock(&self.coalescer.queue);
        let queue = &mut *queue;
        let lane = queue.lanes.get_mut(&self.caller.authorization)?;
        let mut batch = Batch::new();
        let (mut deadline, mut traces) = (None, Vec::new());
        while batch.len() < BATCH_MAX
            && let Some(read) = lane.waiting.pop_front()
        {
            queue.waiting -= 1;
            if !read.answer.is_closed() {
                // The batch is of use as long as anybody waits for it.
                deadline = Some(read.deadline.or_later(deadline.unwrap_or(read.deadline)));
                traces.push(read.trace);
                batch.entry(read.key).or_default().push(read.answer);
            }
        }
        lane.left = Some(Instant::now());
        if batch.is_empty() {
            self.left = true;
            queue.give_back(&self.caller.authorization);
            return None;
        }
        self.caller.deadline = deadline.unwrap_or(self.caller.deadline);
        let span = Trace::joint("batch", &traces);
        // In the log of the service, the batch belongs to the first of them.
        self.caller.trace = traces.swap_remove(0);
        Some((batch, span))
    }

    /// Whether reads wait for this place; it is given back when there are none.
    fn is_wanted(&self) -> bool {
        let mut queue = lock(&self.coalescer.queue);
        let wanted = queue.lanes.get(&self.caller.authorization).is_some_and(|lane| !lane.waiting.is_empty());
        if !wanted {
            queue.give_back(&self.caller.authorization);
        }
        wanted
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.left || !self.is_wanted() {
            return;
        }
        let next = Self { coalescer: self.coalescer.clone(), caller: self.caller.clone(), left: false };
        // Without a runtime the process is ending, and nobody waits any more.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(next.send_batches().instrument(Span::current()));
        }
    }
}

impl Queue {
    /// Gives a place of a token back; with the last one its lane goes.
    fn give_back(&mut self, token: &Option<HeaderValue>) {
        if let Some(lane) = self.lanes.get_mut(token) {
            lane.in_flight -= 1;
            if lane.in_flight == 0 {
                self.lanes.remove(token);
            }
        }
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
