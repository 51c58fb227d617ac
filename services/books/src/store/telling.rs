//! Telling others of books: of each as it changes, and once of those that were there before anybody heard.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::{Emitted, changing};
use graph_host::exit::causes;
use store::{Connection, StoreError, on};
use tokio_util::sync::CancellationToken;

use super::BookStore;
use super::schema::{books, books_to_tell};
use crate::book::NewBook;
use crate::events::BookChanged;

/// How many books one transaction tells of.
const AT_ONCE: i64 = 100;
/// How soon it is tried again when the database is away.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Tells of a book as it is now, whose row the transaction holds.
pub(super) async fn tell(connection: Connection<'_>, book: &NewBook, out: &mut Emitted) -> QueryResult<()> {
    let seller = books::table.find(book.isbn.key()).select(books::seller);
    let seller = on!(connection, |inner| seller.first::<Option<String>>(inner))?;
    out.emit(&changed(book, seller))
}

/// What is told of a book.
pub(super) fn changed(book: &NewBook, seller: Option<String>) -> BookChanged {
    BookChanged {
        key: book.isbn.key().to_owned(),
        isbn: book.isbn.written().to_owned(),
        title: book.title.clone(),
        author: book.author.clone(),
        description: book.description.clone(),
        genre: book.genre.clone(),
        price_cents: book.price.cents(),
        seller,
    }
}

/// All that is told of a book, as its row has it.
type Told = (String, String, String, String, String, String, i64, Option<String>);

/// Tells of all books that were there before anybody heard of them, some at a time, until that is done or it is time to stop.
pub async fn tell_all(store: BookStore, stop: CancellationToken) {
    if !store.outbox.is_heard() {
        return;
    }
    while !stop.is_cancelled() {
        match tell_some(&store).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(cause = causes(&error), "books that were there before are not told of yet");
                tokio::select! { () = tokio::time::sleep(TRY_AGAIN_AFTER) => {}, () = stop.cancelled() => {} }
            }
        }
    }
}

/// Tells of the next ones; says whether there may be more.
async fn tell_some(store: &BookStore) -> Result<bool, StoreError> {
    let told = changing!(&store.db, &store.outbox, |connection, out| {
        let Some(behind) = held_place((&mut *connection).into()).await? else {
            return Ok((false, store.outbox.begin()));
        };
        let rows = held_books((&mut *connection).into(), &behind).await?;
        let last = rows.last().map(|row| row.0.clone());
        for (key, isbn, title, author, description, genre, price_cents, seller) in rows {
            out.emit(&BookChanged { key, isbn, title, author, description, genre, price_cents, seller })?;
        }
        match &last {
            Some(last) => {
                let behind = books_to_tell::behind.eq(last);
                diesel::update(books_to_tell::table).set(behind).execute(connection).await?;
            }
            None => _ = diesel::delete(books_to_tell::table).execute(connection).await?,
        }
        Ok::<_, diesel::result::Error>(last.is_some())
    });
    told.await
}

/// Behind which key the books are not told of yet, when there are such; of several processes one goes on at a time.
async fn held_place(connection: Connection<'_>) -> QueryResult<Option<String>> {
    let row = books_to_tell::table.select(books_to_tell::behind);
    match connection {
        // SQLite has one writer at a time, which this is.
        Connection::Sqlite(connection) => row.first(connection).await.optional(),
        Connection::MySql(connection) => row.for_update().first(connection).await.optional(),
    }
}

/// The next books as they are, which nobody changes until they are told of.
async fn held_books(connection: Connection<'_>, behind: &str) -> QueryResult<Vec<Told>> {
    let rows = books::table.filter(books::isbn_key.gt(behind)).order(books::isbn_key).limit(AT_ONCE).select((
        books::isbn_key,
        books::isbn,
        books::title,
        books::author,
        books::description,
        books::genre,
        books::price_cents,
        books::seller,
    ));
    match connection {
        Connection::Sqlite(connection) => rows.load(connection).await,
        Connection::MySql(connection) => rows.for_update().load(connection).await,
    }
}
