//! GET of all things, or of a page of them, or of those that fit.

use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::http::header::{CACHE_CONTROL, HeaderValue, LINK};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use graph_call::counted_here;
use graph_call::{Read, Shared, Stale, Upstream};
use graph_host::auth::Caller;
use graph_host::problem::Problem;
use serde::{Serialize, Serializer};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, Span};

use crate::answers::{JSON, aged, tagged};
use crate::conditions::Conditions;
use crate::etag::Shape as Tags;
use crate::field::Shape;
use crate::operation::{AFTER, LIMIT, Operation};
use crate::page::Page;
use crate::path::InPath;
use crate::query::{Paging, Query};
use crate::view::View;

/// How many things are fetched at a time when all are asked for.
const PAGE_SIZE: u32 = 500;
/// How many parts of the answer wait to be sent, beside the one that is being fetched.
const AHEAD: usize = 1;

/// How many whole lists a BFF sends at once; each keeps a few pages while its client reads.
pub(super) const LISTS_MAX: usize = 512;

/// A document that lists things.
pub(crate) struct Listing {
    operation: Arc<Operation>,
    pages: Shared<Page>,
    kept: Arc<Stale<Page>>,
    tags: Tags,
    room: Arc<Semaphore>,
    thing: String,
}

/// Which things are asked for, as the variables of the document.
struct Asked {
    first: u32,
    after: Option<String>,
    others: Vec<(String, Value)>,
}

impl Serialize for Asked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(LIMIT, &self.first)?;
        if let Some(after) = &self.after {
            map.serialize_entry(AFTER, after)?;
        }
        for (name, value) in &self.others {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Listing {
    /// The handler of `operation`, which keeps pages in `kept`; `room` is that of whole lists.
    pub(super) fn new(
        upstream: Upstream,
        operation: Operation,
        view: View,
        kept: Arc<Stale<Page>>,
        tags: Tags,
        room: Arc<Semaphore>,
    ) -> Self {
        let (document, operation) = (operation.document, Arc::new(operation));
        let thing = operation.row.as_ref().map(Shape::thing).unwrap_or_default();
        let known = Arc::clone(&operation);
        let pages = Shared::new(upstream, document, move |answer| Page::read(answer, &view, &known.parameters));
        Self { operation, pages, kept, tags, room, thing }
    }

    /// The query string, whose parameters are those of the document.
    fn query(&self, query: Option<&str>) -> Result<Query, Problem> {
        let others = self.operation.parameters.iter().filter(|one| !one.in_path).map(|one| one.field.rest.as_str());
        let known: Vec<&str> = [LIMIT, AFTER].into_iter().chain(others).collect();
        Query::read(query, &known)
    }

    /// Which things a request asks for.
    fn asked(&self, path: &InPath, query: &Query, paging: Paging) -> Result<Asked, Problem> {
        let mut others = Vec::new();
        for parameter in &self.operation.parameters {
            let field = &parameter.field;
            let value = match parameter.in_path {
                true => Some(path.get(field, &self.thing)?.into()),
                false => query.variable(field)?,
            };
            match value {
                Some(value) => others.push((field.rest.clone(), value)),
                None if field.optional => {}
                None => return Err(Problem::bad_parameter(&field.rest, "must be given")),
            }
        }
        Ok(Asked { first: paging.limit.unwrap_or(PAGE_SIZE), after: paging.after, others })
    }
}

/// All things, or with `limit` and `after` a page of them; with other parameters only those that fit.
pub(super) async fn list(
    State(listing): State<Arc<Listing>>,
    caller: Caller,
    conditions: Conditions,
    path: InPath,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = listing.query(query.as_deref())?;
    let paging = Paging::read(&query)?;
    let limit = paging.limit;
    let asked = listing.asked(&path, &query, paging)?;
    let page = listing.pages.read(&caller, &asked).await;
    match limit {
        Some(_) => {
            let key = || serde_json::to_string(&asked).unwrap_or_default();
            let Read { value: page, age } = listing.kept.settle(&caller, key, page)?;
            Ok(aged(one_page(&listing, page, &uri, &query, &conditions)?, age))
        }
        // Pages of different times make no list.
        None => {
            let page = page?;
            let room = Arc::clone(&listing.room).try_acquire_owned().map_err(|_| Problem::busy())?;
            Ok(all_pages(listing, caller, asked, page, room))
        }
    }
}

/// A page by itself, with a link to the next one (RFC 8288), which asks for the same.
fn one_page(
    listing: &Listing,
    page: Page,
    uri: &Uri,
    query: &Query,
    conditions: &Conditions,
) -> Result<Response, Problem> {
    let body = [b"[", page.first().as_ref(), b"]"].concat();
    let link = page.next().map(|next| format!("<{}?{}>; rel=\"next\"", uri.path(), query.with(AFTER, &next)));
    // The link counts: a page that is no longer the last one is another page.
    let tag = listing.tags.tag_of(&[&body, link.as_deref().unwrap_or_default().as_bytes()]);
    let mut response = tagged(&tag, conditions, || Ok(body))?;
    response.headers_mut().extend(link.and_then(|link| Some((LINK, HeaderValue::try_from(link).ok()?))));
    Ok(response)
}

/// All pages as one array, each fetched while the one before it is sent, so that memory does not grow with the
/// catalogue, and nothing is fetched for a client that left. Nobody keeps it: it has no tag, which
/// would be known at its end. When a later page cannot be had, the answer breaks off, and the client sees that.
fn all_pages(listing: Arc<Listing>, caller: Caller, asked: Asked, first: Page, room: OwnedSemaphorePermit) -> Response {
    let begin = [Bytes::from_static(b"["), first.first()];
    let later = stream::try_unfold((first.next(), asked), move |(after, mut asked)| {
        let (listing, caller) = (Arc::clone(&listing), caller.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            asked.after = Some(after);
            // The time that its client takes to read the list is not the bookstore's.
            let caller = Caller { deadline: caller.deadline.renewed(), ..caller };
            let page = listing.pages.read(&caller, &asked).await.map_err(broken_off)?;
            Ok::<_, std::io::Error>(Some((page.following(), (page.next(), asked))))
        }
    });
    let end = stream::once(async move {
        drop(room);
        Ok(Bytes::from_static(b"]"))
    });
    let pages = stream::iter(begin.map(Ok)).chain(later).chain(end);
    let not_kept = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (JSON, not_kept, Body::from_stream(ahead(pages).boxed())).into_response()
}

/// The same pages, of which [`AHEAD`] are fetched before they are taken, once the first one was. A client that leaves
/// drops them, which ends the fetching.
fn ahead<T: Send + 'static>(pages: impl Stream<Item = T> + Send + 'static) -> impl Stream<Item = T> + Send {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let fetching = async move {
        let mut pages = pin!(pages);
        while let Some(page) = pages.next().await {
            if sender.send(page).await.is_err() {
                return;
            }
        }
    };
    // It belongs to the request, though it is the connection that begins it.
    let fetching = counted_here(fetching).instrument(Span::current());
    let fetched = async move {
        let task = AbortOnDropHandle::new(tokio::spawn(fetching));
        stream::unfold((receiver, task), |(mut receiver, task)| async {
            Some((receiver.recv().await?, (receiver, task)))
        })
    };
    stream::once(fetched).flatten()
}

fn broken_off(problem: Problem) -> std::io::Error {
    std::io::Error::other(problem.message().to_owned())
}
