//! `/books`; its list is a module of its own.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use graph_call::{Read, Repeat};
use graph_host::auth::Caller;
use graph_host::body::JsonBody;
use graph_host::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Bff;
use crate::answers::{aged, found, location, settled, stored, text, unreadable};
pub use crate::book_list::list;
use crate::conditions::Conditions;
use crate::idempotency::Idempotency;
use crate::input::{Field, Input, Kind, Resource};
use crate::path::IsbnInPath;

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

/// `GET /books/{ISBN}` and `GET /books/isbn/{ISBN}`: one book.
pub async fn read(
    State(bff): Shared,
    caller: Caller,
    conditions: Conditions,
    IsbnInPath(isbn): IsbnInPath,
) -> Result<Response, Problem> {
    let row = bff.book.read(&caller, isbn.clone()).await;
    let Read { value: row, age } = bff.kept.books.settle(&caller, || one_spelling(&isbn), row)?;
    let missing = || format!("There is no book with the ISBN {isbn}.");
    let answer = found(&bff.shape, bff.client.book, text(row.as_ref())?, &conditions, missing)?;
    Ok(aged(answer, age))
}

/// An ISBN as all its spellings have it.
fn one_spelling(isbn: &str) -> String {
    isbn.replace('-', "").to_ascii_uppercase()
}

/// Forgets what was read of a book that is changed.
fn forget(bff: &Bff, isbn: &str) {
    bff.kept.books.forget(|| one_spelling(isbn));
    bff.kept.pages.forget_all();
}

/// `POST /books`: a new book.
pub async fn create(
    State(bff): Shared,
    caller: Caller,
    Idempotency(key): Idempotency,
    body: JsonBody,
) -> Result<Response, Problem> {
    let repeat = Repeat::with_key(key.as_deref());
    let new = New { input: input(&bff, &body)?, key };
    let answer = bff.books.ask(&caller, bff.client.documents.create_book, &new, repeat).await?;
    bff.kept.pages.forget_all();
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
    forget(&bff, &isbn);
    let changes = Changed { isbn: &isbn, input: input(&bff, &body)?, if_version };
    let answer = bff.books.ask(&caller, bff.client.documents.update_book, &changes, Repeat::Harmful).await?;
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
    forget(&bff, &isbn);
    let key = Key { isbn: &isbn, if_version: conditions.on_write(&bff.shape)? };
    let answer = bff.books.ask(&caller, bff.client.documents.delete_book, &key, Repeat::Harmful).await?;
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
