//! Words for the books that were there before there were words.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{Connection, Db, Shapes, StoreError, on, read, retried};

use super::schema::{book_words_due as due, books};
use super::words;
use crate::words::of_book;

/// How many books are done at a time, in one transaction; their texts are in memory, up to 43 KB each.
const BATCH: i64 = 500;

/// After how many books the log says how far it is.
const LOGGED_EVERY: usize = 10_000;
/// The row of `book_words_due`.
const MARK: i64 = 1;

/// The key and the texts of a book.
type Texts = (String, String, String, String);

/// Makes the words that are still to be made: those of the books behind the key in `book_words_due`, unless that is empty.
/// Each batch moves the key in its own transaction, so it goes on where it was cut off; of several processes, each
/// waits for the batch of another and does the next one.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn fill(db: Db) -> Result<(), StoreError> {
    if read!(&db, |connection| due::table.count().get_result::<i64>(connection).await).await? == 0 {
        return Ok(());
    }
    let (shapes, mut done) = (Shapes::default(), 0);
    while let Some(books) = retried!(&db, |connection| batch(connection.into(), &shapes).await).await? {
        done += books;
        if books > 0 && done % LOGGED_EVERY < books {
            tracing::info!(books = done, "making the words of the books that were there before");
        }
    }
    Ok(())
}

/// Makes the words of the next books; says how many books those were, or nothing when nothing was left to do.
async fn batch(mut connection: Connection<'_>, shapes: &Shapes) -> QueryResult<Option<usize>> {
    let Some(behind) = mark(connection.again()).await? else { return Ok(None) };
    let books = texts(connection.again(), &behind).await?;
    let words = books.iter().map(|(key, title, author, about)| (key.as_str(), of_book(title, author, about)));
    words::change(connection.again(), shapes, &words.collect()).await?;
    let mark = due::table.find(MARK);
    match books.last() {
        Some((last, ..)) => {
            on!(connection, |inner| diesel::update(mark).set(due::behind.eq(last)).execute(inner))
        }
        None => on!(connection, |inner| diesel::delete(mark).execute(inner)),
    }?;
    Ok(Some(books.len()))
}

/// The key behind which the words are still to be made. Others wait here until this transaction is over.
async fn mark(connection: Connection<'_>) -> QueryResult<Option<String>> {
    let mark = due::table.find(MARK).select(due::behind);
    match connection {
        Connection::MySql(inner) => mark.for_update().first(inner).await,
        Connection::Sqlite(inner) => mark.first(inner).await,
    }
    .optional()
}

/// The texts of the next books, which nobody changes until this transaction is over.
async fn texts(connection: Connection<'_>, behind: &str) -> QueryResult<Vec<Texts>> {
    let columns = (books::isbn_key, books::title, books::author, books::description);
    let next = books::table.select(columns).filter(books::isbn_key.gt(behind)).order(books::isbn_key).limit(BATCH);
    match connection {
        Connection::MySql(inner) => next.for_update().load(inner).await,
        Connection::Sqlite(inner) => next.load(inner).await,
    }
}
