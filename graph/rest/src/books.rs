//! `/books`.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LINK, LOCATION};
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
use crate::answers::{JSON, found, location, settled, shown, text, unreadable};
use crate::input::{Field, Input, Kind, Resource};
use crate::path::IsbnInPath;
use crate::query::Paging;

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
pub async fn list(State(bff): Shared, caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let Paging { limit, after } = Paging::read(query.as_deref())?;
    let page = fetch(&bff, &caller, limit.unwrap_or(PAGE_SIZE), after).await?;
    match limit {
        Some(limit) => Ok(one_page(&page, limit)),
        None => Ok(all_pages(bff, caller, page)),
    }
}

/// `GET /books/{ISBN}` and `GET /books/isbn/{ISBN}`: one book.
pub async fn read(State(bff): Shared, caller: Caller, IsbnInPath(isbn): IsbnInPath) -> Result<Response, Problem> {
    let row = bff.book.read(&caller, isbn.clone()).await?;
    found(bff.client.book, text(row.as_ref())?, || format!("There is no book with the ISBN {isbn}."))
}

/// `POST /books`: a new book.
pub async fn create(State(bff): Shared, caller: Caller, body: JsonBody) -> Result<Response, Problem> {
    let input = input(&bff, &body)?;
    let answer = bff.books.ask(&caller, bff.client.documents.create_book, &New { input }).await?;
    let book = settled(&answer, &BOOK)?;
    let location = location("/books", written_isbn(book)?)?;
    Ok((StatusCode::CREATED, JSON, [(LOCATION, location)], shown(bff.client.book, book.get())?).into_response())
}

/// `PUT /books/{ISBN}`: a book replaced.
pub async fn replace(
    State(bff): Shared,
    caller: Caller,
    IsbnInPath(isbn): IsbnInPath,
    body: JsonBody,
) -> Result<Response, Problem> {
    let changes = Changed { isbn: &isbn, input: input(&bff, &body)? };
    let answer = bff.books.ask(&caller, bff.client.documents.update_book, &changes).await?;
    let book = settled(&answer, &BOOK)?;
    Ok((JSON, shown(bff.client.book, book.get())?).into_response())
}

/// `DELETE /books/{ISBN}`: a book removed.
pub async fn delete(State(bff): Shared, caller: Caller, IsbnInPath(isbn): IsbnInPath) -> Result<StatusCode, Problem> {
    let answer = bff.books.ask(&caller, bff.client.documents.delete_book, &Key { isbn: &isbn }).await?;
    settled(&answer, &BOOK)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct Key<'a> {
    isbn: &'a str,
}

#[derive(Serialize)]
struct New {
    input: Input,
}

#[derive(Serialize)]
struct Changed<'a> {
    isbn: &'a str,
    input: Input,
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
    let Data { books: Connection { nodes, page_info } } = answer.data()?;
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
fn one_page(page: &Page, limit: u32) -> Response {
    let body = [b"[", page.books.as_slice(), b"]"].concat();
    let mut response = (JSON, body).into_response();
    if let Some(next) = &page.next {
        let after = utf8_percent_encode(next, NON_ALPHANUMERIC);
        let link = format!("</books?limit={limit}&after={after}>; rel=\"next\"");
        response.headers_mut().extend(HeaderValue::try_from(link).ok().map(|link| (LINK, link)));
    }
    response
}

/// All pages as one array, each fetched when the one before it has been sent, so that memory does not grow
/// with the catalogue. When a later page cannot be had, the answer breaks off, and the client sees that.
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
    (JSON, Body::from_stream(start.chain(rest))).into_response()
}
