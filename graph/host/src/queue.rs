//! Whether a part is behind with its work, and what it refuses then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

use crate::load::Load;
use crate::metrics::{Counter, SHED};

/// When all requests that ended in an [`INTERVAL`] took this long, a queue stands before the work, and everybody waits in
/// it for nothing (the rule of CoDel: RFC 8289, section 4.2).
const SLOW_FROM: Duration = Duration::from_millis(400);
const INTERVAL: Duration = Duration::from_millis(100);
/// So many requests are worked on also then: more than that waits in the queue.
const NOT_QUEUED: usize = 256;

/// The requests that a part works on.
pub(crate) struct Queue {
    in_hand: AtomicUsize,
    most: usize,
    began: Instant,
    /// The current interval, counted from the beginning, and the shortest time of a request that ended in it.
    interval: AtomicU64,
    shortest_us: AtomicU64,
    /// Whether a queue stood in the interval before.
    stands: AtomicBool,
    shed: Counter,
    /// What was refused and is not yet in the log, and the second of the last line about it.
    unsaid: AtomicU64,
    said: AtomicU64,
}

/// A request that is worked on, until it is dropped.
pub(crate) struct Place {
    queue: Arc<Queue>,
    since: Instant,
}

/// Marks the answer of a request that got no place.
#[derive(Clone, Copy)]
pub(crate) struct Refused;

impl Queue {
    /// The queue of `part`.
    pub(crate) fn new(part: &'static str, load: &Load) -> Self {
        Self {
            in_hand: AtomicUsize::new(0),
            most: load.in_flight,
            began: Instant::now(),
            interval: AtomicU64::new(0),
            shortest_us: AtomicU64::new(u64::MAX),
            stands: AtomicBool::new(false),
            shed: SHED.of([part]),
            unsaid: AtomicU64::new(0),
            said: AtomicU64::new(0),
        }
    }

    /// A place for a request that comes now; nothing when there is too much to do. That is counted, and in the log once
    /// a second.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Place> {
        let (now, in_hand) = (Instant::now(), self.in_hand.fetch_add(1, Relaxed));
        let most = if self.stands.load(Relaxed) { self.most.min(NOT_QUEUED) } else { self.most };
        if in_hand < most {
            return Some(Place { queue: Arc::clone(self), since: now });
        }
        self.in_hand.fetch_sub(1, Relaxed);
        self.shed.inc();
        self.unsaid.fetch_add(1, Relaxed);
        let second = self.since_began(now).as_secs() + 1;
        if self.said.swap(second, Relaxed) != second {
            let refused = self.unsaid.swap(0, Relaxed);
            tracing::warn!(refused, in_hand, "too much to do: requests are refused");
        }
        None
    }

    /// Notes how long a request took that ended at `now`.
    fn note(&self, took: Duration, now: Instant) {
        let count = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let interval = count(self.since_began(now)) / count(INTERVAL);
        if self.interval.swap(interval, Relaxed) != interval {
            let shortest = self.shortest_us.swap(u64::MAX, Relaxed);
            // Without any that ended nothing is known.
            self.stands.store(shortest != u64::MAX && shortest >= count(SLOW_FROM), Relaxed);
        }
        self.shortest_us.fetch_min(count(took), Relaxed);
    }

    fn since_began(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.began)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.in_hand.fetch_sub(1, Relaxed);
        let now = Instant::now();
        self.queue.note(now.saturating_duration_since(self.since), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills the queue with `count` requests, which end after `time`.
    async fn work(queue: &Arc<Queue>, count: usize, time: Duration) {
        let places: Vec<_> = (0..count).map(|_| queue.enter().unwrap()).collect();
        tokio::time::advance(time).await;
        drop(places);
    }

    #[tokio::test(start_paused = true)]
    async fn it_refuses_while_everybody_waits_and_takes_all_again_afterwards() {
        let queue = Arc::new(Queue::new("part", &Load::default()));
        work(&queue, 500, SLOW_FROM).await;
        work(&queue, 1, INTERVAL).await;
        let places: Vec<_> = (0..500).filter_map(|_| queue.enter()).collect();
        assert_eq!(places.len(), NOT_QUEUED);
        tokio::time::advance(INTERVAL).await;
        drop(places);
        work(&queue, 1, INTERVAL).await;
        work(&queue, 500, INTERVAL).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_a_little_less_is_no_queue() {
        let queue = Arc::new(Queue::new("part", &Load::default()));
        for _ in 0..5 {
            work(&queue, 500, SLOW_FROM - Duration::from_millis(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_an_end_to_it() {
        let queue = Arc::new(Queue::new("part", &Load { in_flight: 3, ..Load::default() }));
        let places: Vec<_> = (0..5).filter_map(|_| queue.enter()).collect();
        assert_eq!(places.len(), 3);
    }
}
