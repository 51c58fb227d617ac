//! The words of books: written in the transaction that changes the book, so that they always are what its texts say.

use std::collections::{BTreeMap, BTreeSet};

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use diesel_async::RunQueryDsl;
use store::{Connection, Shapes, on};

use super::schema::book_words;

/// How many rows one statement inserts or removes at most; each has two parameters, of which SQLite takes 32,766.
const ROWS_MAX: usize = 512;
/// What tells the statements that read and remove words from those that read columns of books.
const READ: u64 = u64::MAX - 2;
const REMOVE: u64 = u64::MAX - 3;

/// The words of some books, by their keys.
pub(super) type WordsOf<'a> = BTreeMap<&'a str, BTreeSet<String>>;

/// A word and the key of a book that has it. They are written in this order, which is that of the index.
type Pair<'a> = (&'a str, &'a str);

/// Adds the words of books that were not there before.
pub(super) async fn add(connection: Connection<'_>, books: &WordsOf<'_>) -> QueryResult<()> {
    insert(connection, pairs(books)).await
}

/// Replaces those of the words of books that were there before, whose rows this transaction has locked.
pub(super) async fn change(mut connection: Connection<'_>, shapes: &Shapes, books: &WordsOf<'_>) -> QueryResult<()> {
    let there = stored(connection.again(), shapes, books.keys().copied().collect()).await?;
    let there: BTreeSet<Pair<'_>> = there.iter().map(|(word, key)| (word.as_str(), key.as_str())).collect();
    let wanted = pairs(books);
    insert(connection.again(), wanted.difference(&there).copied().collect()).await?;
    let mut gone: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (word, key) in there.difference(&wanted) {
        gone.entry(key).or_default().push(word);
    }
    for (key, words) in &gone {
        for some in words.chunks(ROWS_MAX) {
            let those = book_words::table.filter(book_words::isbn_key.eq(key));
            let those = those.filter(shapes.any_of(book_words::word, some.to_vec(), REMOVE));
            on!(connection.again(), |inner| diesel::delete(those).execute(inner))?;
        }
    }
    Ok(())
}

/// Removes the words of a book that is removed.
pub(super) async fn remove(connection: Connection<'_>, key: &str) -> QueryResult<()> {
    let those = book_words::table.filter(book_words::isbn_key.eq(key));
    on!(connection, |inner| diesel::delete(those).execute(inner)).map(|_| ())
}

/// The words that books have in the table, as they are now: a plain read in MySQL could be of the time before the
/// books were locked.
async fn stored(connection: Connection<'_>, shapes: &Shapes, keys: Vec<&str>) -> QueryResult<Vec<(String, String)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let columns = (book_words::word, book_words::isbn_key);
    let rows = book_words::table.filter(shapes.any_of(book_words::isbn_key, keys, READ)).select(columns);
    match connection {
        Connection::MySql(inner) => rows.for_update().load(inner).await,
        Connection::Sqlite(inner) => rows.load(inner).await,
    }
}

fn pairs<'a>(books: &'a WordsOf<'_>) -> BTreeSet<Pair<'a>> {
    books.iter().flat_map(|(key, words)| words.iter().map(move |word| (word.as_str(), *key))).collect()
}

async fn insert(mut connection: Connection<'_>, pairs: BTreeSet<Pair<'_>>) -> QueryResult<()> {
    let pairs: Vec<Pair<'_>> = pairs.into_iter().collect();
    for rows in pairs.chunks(ROWS_MAX) {
        match connection.again() {
            Connection::MySql(inner) => Insert { verb: "INSERT IGNORE", rows }.execute(inner).await?,
            Connection::Sqlite(inner) => Insert { verb: "INSERT OR IGNORE", rows }.execute(inner).await?,
        };
    }
    Ok(())
}

/// One INSERT of many rows, which Diesel has not for SQLite. It is filled up with its last row to the next power of two,
/// so that a few statements stay prepared; a row that is there already is ignored.
struct Insert<'a> {
    verb: &'static str,
    rows: &'a [Pair<'a>],
}

impl<DB> QueryFragment<DB> for Insert<'_>
where
    DB: Backend + HasSqlType<Text>,
    for<'t> &'t str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.verb);
        out.push_sql(" INTO book_words (word, isbn_key) VALUES ");
        let filling = std::iter::repeat_n(self.rows.last(), self.rows.len().next_power_of_two() - self.rows.len());
        for (nth, (word, key)) in self.rows.iter().chain(filling.flatten()).enumerate() {
            out.push_sql(if nth == 0 { "(" } else { ", (" });
            out.push_bind_param::<Text, &str>(word)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, &str>(key)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

/// The SQL depends on the number of rows, so the statement is cached by its text, not by its type.
impl QueryId for Insert<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
