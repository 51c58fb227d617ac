//! `GET /books`: all books, or a page of them, or those that fit a filter.

use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, HeaderValue, LINK};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use graph_call::Read;
use graph_call::counted_here;
use graph_host::auth::Caller;
use graph_host::problem::Problem;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, Span};

use crate::Bff;
use crate::answers::{JSON, aged, tagged};
use crate::book_page::BookPage;
use crate::conditions::Conditions;
use crate::query::{AUTHOR_MAX, GENRE_MAX, Paging, Query, TEXT_MAX};

/// How many books are fetched at a time when all are asked for.
const PAGE_SIZE: u32 = 500;
/// How many parts of the answer wait to be sent, beside the one that is being fetched.
const AHEAD: usize = 1;

/// How many whole lists a BFF sends at once; each keeps a few pages while its client reads.
pub(crate) const LISTS_MAX: usize = 512;

/// The parameters of the list.
const PARAMETERS: [&str; 5] = ["limit", "after", "genre", "author", "text"];

/// Which books are asked for, as the variables of the client's document.
#[derive(Serialize)]
struct Asked {
    first: u32,
    after: Option<String>,
    filter: Filter,
}

/// What the books must fit; what is not given does not matter.
#[derive(Serialize)]
struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    genre: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// `GET /books`: all books, or with `limit` and `after` a page of them; with `genre`, `author` and `text` only those.
pub async fn list(
    State(bff): State<Arc<Bff>>,
    caller: Caller,
    conditions: Conditions,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::read(query.as_deref(), &PARAMETERS)?;
    let Paging { limit, after } = Paging::read(&query)?;
    let filter = Filter {
        genre: query.text("genre", GENRE_MAX)?.map(|genre| (bff.client.genre)(genre).to_owned()),
        author: query.text("author", AUTHOR_MAX)?.map(str::to_owned),
        text: query.text("text", TEXT_MAX)?.map(str::to_owned),
    };
    let asked = Asked { first: limit.unwrap_or(PAGE_SIZE), after, filter };
    let page = bff.book_pages.read(&caller, &asked).await;
    match limit {
        Some(_) => {
            let key = || serde_json::to_string(&asked).unwrap_or_default();
            let Read { value: page, age } = bff.kept.pages.settle(&caller, key, page)?;
            Ok(aged(one_page(&bff, page, &query, &conditions)?, age))
        }
        // Pages of different times make no list.
        None => {
            let page = page?;
            let room = Arc::clone(&bff.lists).try_acquire_owned().map_err(|_| Problem::busy())?;
            Ok(all_pages(bff, caller, asked, page, room))
        }
    }
}

/// A page by itself, with a link to the next one (RFC 8288), which asks for the same.
fn one_page(bff: &Bff, page: BookPage, query: &Query, conditions: &Conditions) -> Result<Response, Problem> {
    let body = [b"[", page.first().as_ref(), b"]"].concat();
    let link = page.next().map(|next| format!("</books?{}>; rel=\"next\"", query.with("after", &next)));
    // The link counts: a page that is no longer the last one is another page.
    let tag = bff.shape.tag_of(&[&body, link.as_deref().unwrap_or_default().as_bytes()]);
    let mut response = tagged(&tag, conditions, || Ok(body))?;
    response.headers_mut().extend(link.and_then(|link| Some((LINK, HeaderValue::try_from(link).ok()?))));
    Ok(response)
}

/// All pages as one array, each fetched while the one before it is sent, so that memory does not grow with the
/// catalogue, and nothing is fetched for a client that left. Nobody keeps it: it has no tag, which
/// would be known at its end. When a later page cannot be had, the answer breaks off, and the client sees that.
fn all_pages(bff: Arc<Bff>, caller: Caller, asked: Asked, first: BookPage, room: OwnedSemaphorePermit) -> Response {
    let begin = [Bytes::from_static(b"["), first.first()];
    let later = stream::try_unfold((first.next(), asked), move |(after, mut asked)| {
        let (bff, caller) = (Arc::clone(&bff), caller.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            asked.after = Some(after);
            // The time that its client takes to read the list is not the bookstore's.
            let caller = Caller { deadline: caller.deadline.renewed(), ..caller };
            let page = bff.book_pages.read(&caller, &asked).await.map_err(broken_off)?;
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
