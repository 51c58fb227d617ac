//! GET of what becomes of one thing: a list that only grows, as server-sent events. Who comes back with `Last-Event-ID` goes on
//! behind it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use graph_call::{Coalescer, Row, Upstream};
use graph_host::auth::Caller;
use graph_host::problem::{Code, Problem};
use graph_host::serving::is_stopping;
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::answers::{text, unreadable};
use crate::field::{Field, Kind};
use crate::operation::{Operation, Unfit};
use crate::path::InPath;
use crate::view::View;

/// How many may follow things at once, and how many of them with one token.
const FOLLOWERS_MAX: usize = 1024;
const FOLLOWERS_OF_ONE_MAX: usize = 16;
/// How soon is looked again: after something came, and when nothing did for a while.
const SOON: Duration = Duration::from_millis(200);
const LATER: Duration = Duration::from_secs(2);
/// How long a stream may be silent, for those on the way who end connections that are.
const SILENT_MAX: Duration = Duration::from_secs(15);
/// How long a stream goes on; its client comes back by itself.
const GOES_ON: Duration = Duration::from_secs(10 * 60);
/// How soon a client comes back, in milliseconds.
const COME_BACK: &[u8] = b"retry: 1000\n\n";
/// What keeps a stream from being silent.
const COMMENT: &[u8] = b":\n\n";

/// A document whose list is followed.
pub(crate) struct Following {
    rows: Coalescer,
    /// The name of the list, and how its items are shown.
    list: String,
    view: View,
    key: Field,
    thing: String,
    room: Arc<Semaphore>,
    of_one: Followers,
}

/// How many streams there are for each subject.
type Followers = Arc<Mutex<HashMap<String, usize>>>;

/// A place among those who follow.
struct Place {
    of_one: Followers,
    subject: String,
    _room: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.of_one.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = all.get_mut(&self.subject) {
            *number -= 1;
            if *number == 0 {
                all.remove(&self.subject);
            }
        }
    }
}

impl Following {
    /// The handler of `operation`.
    ///
    /// # Errors
    /// [`Unfit`] when the document has no key, or no list of things.
    pub(super) fn new(upstream: Upstream, operation: Operation) -> Result<Self, Unfit> {
        let (document, row) = (operation.document, operation.row);
        let unfit = |what: &str| Unfit(format!("the document {} has no {what}", document.operation));
        let row = row.ok_or_else(|| unfit("list"))?;
        let key = operation.parameters.into_iter().next().ok_or_else(|| unfit("key"))?.field;
        let list = row.fields.first().ok_or_else(|| unfit("list"))?;
        let Kind::List(items) = &list.kind else { return Err(unfit("list")) };
        let Kind::Object(items) = &**items else { return Err(unfit("list of things")) };
        Ok(Self {
            rows: Coalescer::new(upstream, document, &key.rest),
            list: list.rest.clone(),
            view: View::of(items),
            thing: row.thing(),
            key,
            room: Arc::new(Semaphore::new(FOLLOWERS_MAX)),
            of_one: Arc::default(),
        })
    }

    /// A place for one more stream.
    fn place(&self, caller: &Caller) -> Result<Place, Problem> {
        let room = Arc::clone(&self.room).try_acquire_owned().map_err(|_| Problem::busy())?;
        let (subject, mut all) =
            (caller.subject().to_string(), self.of_one.lock().unwrap_or_else(PoisonError::into_inner));
        let number = all.entry(subject.clone()).or_default();
        if *number >= FOLLOWERS_OF_ONE_MAX {
            let what = format!("You follow {FOLLOWERS_OF_ONE_MAX} things already; stop following one first.");
            return Err(Problem::new(Code::RateLimited, what).with_header(RETRY_AFTER, HeaderValue::from(10)));
        }
        *number += 1;
        drop(all);
        Ok(Place { of_one: Arc::clone(&self.of_one), subject, _room: room })
    }

    /// The items behind the first `seen`, as events, and how many there are; nothing when there is no such thing.
    fn events(&self, row: &Row, seen: usize) -> Result<Option<(Vec<u8>, usize)>, Problem> {
        let Some(row) = text(row.as_ref())? else { return Ok(None) };
        let lists: HashMap<&str, Vec<&RawValue>> = serde_json::from_str(row).map_err(|error| unreadable(&error))?;
        let items = lists.get(&*self.list).map(Vec::as_slice).unwrap_or_default();
        let mut events = Vec::new();
        for (nth, item) in items.iter().enumerate().skip(seen) {
            events.extend(format!("id: {}\ndata: ", nth + 1).bytes());
            self.view.write(item.get(), &mut events).map_err(|error| unreadable(&error))?;
            events.extend(b"\n\n");
        }
        Ok(Some((events, items.len())))
    }
}

/// What becomes of one thing.
pub(super) async fn follow(
    State(following): State<Arc<Following>>,
    caller: Caller,
    headers: HeaderMap,
    path: InPath,
) -> Result<Response, Problem> {
    let key = path.get(&following.key, &following.thing)?.to_owned();
    // What is no number that was given here is as good as none.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let seen = last.unwrap_or(0);
    let row = following.rows.read(&caller, key.clone()).await?;
    let missing =
        || Problem::not_found(format!("There is no {} with the {} {key}.", following.thing, following.key.rest));
    let (events, there) = following.events(&row, seen)?.ok_or_else(missing)?;
    let place = following.place(&caller)?;
    let first = Bytes::from([COME_BACK, &events].concat());
    let until = Instant::now() + GOES_ON;
    let watch =
        Watch { following, caller, key, seen: there, pause: SOON, silent: Duration::ZERO, until, _place: place };
    let events = stream::unfold((Some(first), watch), |(first, watch)| async move {
        match first {
            Some(first) => Some((Ok::<_, Infallible>(first), (None, watch))),
            None => watch.next().await.map(|(events, watch)| (Ok(events), (None, watch))),
        }
    });
    let kind = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((kind, Body::from_stream(events)).into_response())
}

/// Somebody who follows a thing.
struct Watch {
    following: Arc<Following>,
    caller: Caller,
    key: String,
    seen: usize,
    pause: Duration,
    silent: Duration,
    until: Instant,
    _place: Place,
}

impl Watch {
    /// What comes next, which may be a comment; nothing when the stream ends.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        loop {
            tokio::time::sleep(self.pause).await;
            self.silent += self.pause;
            if Instant::now() >= self.until || is_stopping() {
                return None;
            }
            // Each look has its own time.
            let caller = Caller { deadline: self.caller.deadline.renewed(), ..self.caller.clone() };
            let read = self.following.rows.read(&caller, self.key.clone()).await;
            match read.and_then(|row| self.following.events(&row, self.seen)) {
                Ok(Some((events, there))) if there > self.seen => {
                    (self.seen, self.pause, self.silent) = (there, SOON, Duration::ZERO);
                    return Some((events.into(), self));
                }
                Ok(Some(_)) => self.pause = (self.pause * 2).min(LATER),
                Ok(None) => return None,
                // Whose token is no longer good comes back with another one; who asks while a service is away waits.
                Err(problem) if problem.status().is_client_error() => return None,
                Err(_) => self.pause = LATER,
            }
            if self.silent >= SILENT_MAX {
                self.silent = Duration::ZERO;
                return Some((Bytes::from_static(COMMENT), self));
            }
        }
    }
}
