//! `/books`.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue, LINK, LOCATION};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use graph_host::auth::Caller;
use graph_host::body::JsonBody;
use graph_host::problem::Problem;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Bff;
use crate::answers::{JSON, found, location, settled, stored, tagged, text, unreadable};
use crate::conditions::Conditions;
use crate::idempotency::Idempotency;
use crate::input::{Field, Input, Kind, Resource};
use crate::path::IsbnInPath;
use crate::query::{Paging, Query};

/// How many books are fetched at a time when all are asked for.
const PAGE_SIZE: u32 = 500;

const BOOK: Resource = Resource {
    name: "book",
    fields: &[
        Field { rest: "ISBN", graph: "isbn", kind: Kind::Text },
        Field { rest: "title", graph: "title", kind: Kind::Text },
        Field { rest: "Author", graph: "author", kind: Kind::Text },
        Field { rest: "description", graph: "description", kind: Kind::Text },
        Field { rest: "genre", graph: "genre", kind: Kind::Text },
        Field { rest: "price", graph: "price", kind: Kind::Decimal },
        Field { rest: "quantity", graph: "quantity", kind: Kind::Integer },
    ],
};

type Shared = State<Arc<Bff>>;

/// `GET /books`: all books, or with `limit` and `after` a page of them.
pub async fn list(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Paging { limit, after } = Paging::read(&Query::read(query.as_deref(), &["limit", "after"])?)?;
    let page = fetch(&bff, &caller, limit.unwrap_or(PAGE_SIZE), after).await?;
    match limit {
        Some(limit) => one_page(&bff, &page, limit, &conditions),
        None => Ok(all_pages(bff, caller, page)),
    }
}

/// `GET /books/{ISBN}` and `GET /books/isbn/{ISBN}`: one book.
pub async fn read(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    IsbnInPath(isbn): IsbnInPath,
) -> Result<Response, Problem> {
    let row = bff.book.read(&caller, isbn.clone()).await?;
    let missing = || format!("There is no book with the ISBN {isbn}.");
    found(&bff.shape, bff.client.book, text(row.as_ref())?, &conditions, missing)
}

/// `POST /books`: a new book.
pub async fn create(
    State(bff): Shared,
    caller: Caller,
    Idempotency(key): Idempotency,
    body: JsonBody,
) -> Result<Response, Problem> {
    let new = New { input: input(&bff, &body)?, key };
    let answer = bff.books.ask(&caller, bff.client.documents.create_book, &new).await?;
    let book = settled(&answer, &BOOK)?;
    let path = location("/books", written_isbn(book)?)?;
    let book = stored(&bff.shape, bff.client.book, book, path.clone())?;
    Ok((StatusCode::CREATED, [(LOCATION, path)], book).into_response())
}

/// `PUT /books/{ISBN}`: a book replaced.
pub async fn replace(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    IsbnInPath(isbn): IsbnInPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    let if_version = conditions.on_write(&bff.shape)?;
    let changes = Changed { isbn: &isbn, input: input(&bff, &body)?, if_version };
    let answer = bff.books.ask(&caller, bff.client.documents.update_book, &changes).await?;
    let book = settled(&answer, &BOOK)?;
    stored(&bff.shape, bff.client.book, book, location("/books", written_isbn(book)?)?)
}

/// `DELETE /books/{ISBN}`: a book removed.
pub async fn delete(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    IsbnInPath(isbn): IsbnInPath,
) -> Result<StatusCode, Problem> {
    let key = Key { isbn: &isbn, if_version: conditions.on_write(&bff.shape)? };
    let answer = bff.books.ask(&caller, bff.client.documents.delete_book, &key).await?;
    settled(&answer, &BOOK)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Key<'a> {
    isbn: &'a str,
    if_version: Option<Vec<&'a str>>,
}

#[derive(Serialize)]
struct New {
    input: Input,
    #[serde(rename = "idempotencyKey")]
    key: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'a> {
    isbn: &'a str,
    input: Input,
    if_version: Option<Vec<&'a str>>,
}

fn input(bff: &Bff, body: &JsonBody) -> Result<Input, Problem> {
    let (mut input, _) = BOOK.read(&body.0)?;
    (bff.client.book_input)(&mut input);
    Ok(input)
}

/// The ISBN of a book in an answer, as it was written.
fn written_isbn(book: &RawValue) -> Result<Cow<'_, str>, Problem> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, rename = "ISBN")]
        isbn: Cow<'a, str>,
    }
    let named: Named<'_> = serde_json::from_str(book.get()).map_err(|error| unreadable(&error))?;
    Ok(named.isbn)
}

/// Some books as a client gets them, and where the next ones begin.
struct Page {
    /// The books, with commas between them.
    books: Vec<u8>,
    next: Option<String>,
}

async fn fetch(bff: &Bff, caller: &Caller, first: u32, after: Option<String>) -> Result<Page, Problem> {
    #[derive(Serialize)]
    struct Part {
        first: u32,
        after: Option<String>,
    }
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
    let answer = bff.book_pages.read(caller, &Part { first, after }).await?;
    let data = answer.data::<Data<'_>>().map_err(|error| Problem::from(error).or_blame_parameter("after"))?;
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

/// A page by itself, with a link to the next one (RFC 8288).
fn one_page(bff: &Bff, page: &Page, limit: u32, conditions: &Conditions) -> Result<Response, Problem> {
    let link = page.next.as_ref().map(|next| {
        let after = utf8_percent_encode(next, NON_ALPHANUMERIC);
        format!("</books?limit={limit}&after={after}>; rel=\"next\"")
    });
    let body = [b"[", page.books.as_slice(), b"]"].concat();
    // The link counts: a page that is no longer the last one is another page.
    let tag = bff.shape.tag_of(&[&body, link.as_deref().unwrap_or_default().as_bytes()]);
    let mut response = tagged(&tag, conditions, || Ok(body))?;
    response.headers_mut().extend(link.and_then(|link| Some((LINK, HeaderValue::try_from(link).ok()?))));
    Ok(response)
}

/// All pages as one array, each fetched when the one before it has been sent, so that memory does not grow
/// with the catalogue. Nobody keeps it: it has no tag, which would be known at its end. When a later page cannot be had, the answer breaks off, and the client sees that.
fn all_pages(bff: Arc<Bff>, caller: Caller, first: Page) -> Response {
    let start = stream::once(async move { Ok(Bytes::from([b"[", first.books.as_slice()].concat())) });
    let rest = stream::try_unfold(Some(first.next), move |next| {
        let (bff, caller) = (Arc::clone(&bff), caller.clone());
        async move {
            match next {
                None => Ok(None),
                Some(None) => Ok(Some((Bytes::from_static(b"]"), None))),
                Some(Some(after)) => match fetch(&bff, &caller, PAGE_SIZE, Some(after)).await {
                    Ok(page) => Ok(Some((Bytes::from([b",", page.books.as_slice()].concat()), Some(page.next)))),
                    Err(problem) => Err(std::io::Error::other(problem.message().to_owned())),
                },
            }
        }
    });
    let not_kept = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (JSON, not_kept, Body::from_stream(start.chain(rest))).into_response()
}
