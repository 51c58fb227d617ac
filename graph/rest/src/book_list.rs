//! `GET /books`: all books, or a page of them, or those that fit a filter.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, HeaderValue, LINK};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use graph_call::CallError;
use graph_host::auth::Caller;
use graph_host::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Bff;
use crate::answers::{JSON, tagged, unreadable};
use crate::conditions::Conditions;
use crate::query::{AUTHOR_MAX, GENRE_MAX, Paging, Query, TEXT_MAX};

/// How many books are fetched at a time when all are asked for.
const PAGE_SIZE: u32 = 500;

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

/// Some books as a client gets them, and where the next ones begin.
struct Page {
    /// The books, with commas between them.
    books: Vec<u8>,
    next: Option<String>,
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
    let page = fetch(&bff, &caller, &asked).await?;
    match limit {
        Some(_) => one_page(&bff, &page, &query, &conditions),
        None => Ok(all_pages(bff, caller, asked, page)),
    }
}

async fn fetch(bff: &Bff, caller: &Caller, asked: &Asked) -> Result<Page, Problem> {
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        books: Connection<'a>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Connection<'a> {
        #[serde(borrow)]
        nodes: Vec<&'a RawValue>,
        page_info: PageInfo,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PageInfo {
        has_next_page: bool,
        end_cursor: Option<String>,
    }
    let answer = bff.book_pages.read(caller, asked).await?;
    let data = answer.data::<Data<'_>>().map_err(blamed)?;
    let Connection { nodes, page_info } = data.books;
    let mut books = Vec::with_capacity(answer.len());
    for (nth, book) in nodes.into_iter().enumerate() {
        if nth > 0 {
            books.push(b',');
        }
        (bff.client.book)(book.get(), &mut books).map_err(|error| unreadable(&error))?;
    }
    Ok(Page { books, next: page_info.end_cursor.filter(|_| page_info.has_next_page) })
}

/// The problem of a call that failed, blamed on the parameter whose value the service refused: those that are not checked
/// here are the text and the cursor.
fn blamed(error: CallError) -> Problem {
    match &error {
        CallError::BadInput { reason, .. } => match reason.strip_prefix("filter.text ") {
            Some(what) => Problem::bad_parameter("text", what.to_owned()),
            None => Problem::from(error).or_blame_parameter("after"),
        },
        _ => error.into(),
    }
}

/// A page by itself, with a link to the next one (RFC 8288), which asks for the same.
fn one_page(bff: &Bff, page: &Page, query: &Query, conditions: &Conditions) -> Result<Response, Problem> {
    let link = page.next.as_ref().map(|next| format!("</books?{}>; rel=\"next\"", query.with("after", next)));
    let body = [b"[", page.books.as_slice(), b"]"].concat();
    // The link counts: a page that is no longer the last one is another page.
    let tag = bff.shape.tag_of(&[&body, link.as_deref().unwrap_or_default().as_bytes()]);
    let mut response = tagged(&tag, conditions, || Ok(body))?;
    response.headers_mut().extend(link.and_then(|link| Some((LINK, HeaderValue::try_from(link).ok()?))));
    Ok(response)
}

/// Where the stream of all pages is.
enum Place {
    /// This page is there, and is the first.
    First(Page),
    /// Something was sent; the next page begins after this cursor.
    After(String),
    /// All pages were sent.
    End,
}

/// All pages as one array, each fetched when the one before it has been sent, so that memory does not grow
/// with the catalogue, and nothing is fetched for a client that left. Nobody keeps it: it has no tag, which
/// would be known at its end. When a later page cannot be had, the answer breaks off, and the client sees that.
fn all_pages(bff: Arc<Bff>, caller: Caller, asked: Asked, first: Page) -> Response {
    let state = (Place::First(first), asked);
    let pages = stream::try_unfold(state, move |(place, mut asked)| {
        let (bff, caller) = (Arc::clone(&bff), caller.clone());
        async move {
            let (before, page) = match place {
                Place::First(page) => ("[", page),
                Place::End => return Ok(None),
                Place::After(cursor) => {
                    asked.after = Some(cursor);
                    (",", fetch(&bff, &caller, &asked).await.map_err(broken_off)?)
                }
            };
            let (bytes, next) = part(before, page);
            Ok::<_, std::io::Error>(Some((bytes, (next, asked))))
        }
    });
    let not_kept = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (JSON, not_kept, Body::from_stream(pages.boxed())).into_response()
}

/// The text of a page between the array's brackets, and what comes behind it. A page whose books were all
/// removed since the one before it was sent needs no comma.
fn part(before: &str, page: Page) -> (Bytes, Place) {
    let before = if before == "," && page.books.is_empty() { "" } else { before };
    let end = if page.next.is_none() { "]" } else { "" };
    let text = [before.as_bytes(), &page.books, end.as_bytes()].concat();
    (text.into(), page.next.map_or(Place::End, Place::After))
}

fn broken_off(problem: Problem) -> std::io::Error {
    std::io::Error::other(problem.message().to_owned())
}
