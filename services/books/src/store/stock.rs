//! What is put aside for orders: all the books of one or none, and given back once.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel_async::RunQueryDsl;
use events::{Emitted, never};
use serde::{Deserialize, Serialize};
use store::isbn::Isbn;
use store::{Connection, Version, on};

use super::schema::{book_orders, books};
use crate::book::QUANTITY;
use crate::events::{StockCreated, StockRejected};

/// So many of a book.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Wanted {
    /// The ISBN, in whatever spelling.
    pub isbn: String,
    /// How many.
    pub quantity: i64,
}

/// The books of the order are put aside.
const TAKEN: &str = "TAKEN";
/// There were too few.
const REJECTED: &str = "REJECTED";
/// They were given back, or are not wanted any more.
const RELEASED: &str = "RELEASED";

/// Puts all these books aside for an order, or none, and tells which. For an order that was seen before it is told again what
/// came of that.
pub(crate) async fn take(
    mut connection: Connection<'_>,
    order: i64,
    wanted: Vec<Wanted>,
    out: &mut Emitted,
) -> QueryResult<()> {
    if let Some((state, lines)) = seen(connection.again(), order).await? {
        return match &*state {
            TAKEN => out.emit(&StockCreated { order_id: order }),
            REJECTED => out.emit(&StockRejected { order_id: order, short: read(&lines)? }),
            _ => Ok(()),
        };
    }
    let wanted = added_up(wanted)?;
    let there = held(connection.again(), wanted.keys().cloned().collect()).await?;
    let is_short = |(key, (_, quantity)): &(&String, &(String, i64))| there.get(*key).copied().unwrap_or(0) < *quantity;
    let short: Vec<String> = wanted.iter().filter(is_short).map(|(_, (isbn, _))| isbn.clone()).collect();
    if !short.is_empty() {
        keep(connection, order, REJECTED, &short).await?;
        return out.emit(&StockRejected { order_id: order, short });
    }
    for (key, (_, quantity)) in &wanted {
        let left = there.get(key).copied().unwrap_or(0) - quantity;
        set(connection.again(), key, left).await?;
    }
    let lines: Vec<_> = wanted.into_iter().map(|(isbn, (_, quantity))| Wanted { isbn, quantity }).collect();
    keep(connection, order, TAKEN, &lines).await?;
    out.emit(&StockCreated { order_id: order })
}

/// Gives back what was put aside for an order. When that is heard before the order, nothing is put aside for it later.
pub(crate) async fn give_back(mut connection: Connection<'_>, order: i64) -> QueryResult<()> {
    let Some((state, lines)) = seen(connection.again(), order).await? else {
        return keep::<Wanted>(connection, order, RELEASED, &[]).await;
    };
    if state != TAKEN {
        return Ok(());
    }
    let lines: Vec<Wanted> = read(&lines)?;
    let there = held(connection.again(), lines.iter().map(|line| line.isbn.clone()).collect()).await?;
    for line in &lines {
        // A book that was removed meanwhile has no stock.
        if let Some(left) = there.get(&line.isbn) {
            let now = left.saturating_add(line.quantity).min(*QUANTITY.end());
            set(connection.again(), &line.isbn, now).await?;
        }
    }
    let row = book_orders::table.find(order);
    let released = book_orders::state.eq(RELEASED);
    on!(connection, |inner| diesel::update(row).set(released).execute(inner)).map(drop)
}

/// What was done about an order before, held until the end of the transaction.
async fn seen(connection: Connection<'_>, order: i64) -> QueryResult<Option<(String, String)>> {
    let row = book_orders::table.find(order).select((book_orders::state, book_orders::products));
    match connection {
        // SQLite has one writer at a time, which this is.
        Connection::Sqlite(connection) => row.first(connection).await.optional(),
        Connection::MySql(connection) => row.for_update().first(connection).await.optional(),
    }
}

/// How many of each book there are, by their keys in order, held until the end of the transaction.
async fn held(connection: Connection<'_>, keys: Vec<String>) -> QueryResult<BTreeMap<String, i64>> {
    let rows = books::table.filter(books::isbn_key.eq_any(keys)).order(books::isbn_key);
    let rows = rows.select((books::isbn_key, books::quantity));
    let rows: Vec<(String, i64)> = match connection {
        Connection::Sqlite(connection) => rows.load(connection).await?,
        Connection::MySql(connection) => rows.for_update().load(connection).await?,
    };
    Ok(rows.into_iter().collect())
}

/// So many of a book are there from now on; it is in another version then.
async fn set(connection: Connection<'_>, key: &str, quantity: i64) -> QueryResult<()> {
    let fresh = Version::fresh().map_err(|error| QueryError::QueryBuilderError(Box::new(error)))?;
    let values = (books::quantity.eq(quantity), books::version.eq(fresh.column()));
    on!(connection, |inner| diesel::update(books::table.find(key)).set(values).execute(inner)).map(drop)
}

/// Keeps what was done about an order that was not seen before.
async fn keep<T: Serialize>(connection: Connection<'_>, order: i64, state: &str, lines: &[T]) -> QueryResult<()> {
    let lines = serde_json::to_string(lines).map_err(|error| QueryError::SerializationError(Box::new(error)))?;
    let row = (book_orders::order_id.eq(order), book_orders::state.eq(state), book_orders::products.eq(lines));
    on!(connection, |inner| diesel::insert_into(book_orders::table).values(row).execute(inner)).map(drop)
}

fn read<T: for<'a> Deserialize<'a>>(lines: &str) -> QueryResult<T> {
    serde_json::from_str(lines).map_err(|error| QueryError::DeserializationError(Box::new(error)))
}

/// The lines of an order by the keys of their books, those of one book together: the ISBN as it was written, and how many.
fn added_up(wanted: Vec<Wanted>) -> QueryResult<BTreeMap<String, (String, i64)>> {
    let mut all: BTreeMap<String, (String, i64)> = BTreeMap::new();
    for Wanted { isbn, quantity } in wanted {
        let key = Isbn::try_new(&isbn).map_err(|what| never(format!("the ISBN {isbn} {what}")))?.key().to_owned();
        if quantity < 1 {
            return Err(never(format!("it wants {quantity} of {isbn}")));
        }
        let (_, before) = all.entry(key).or_insert((isbn, 0));
        *before = before.saturating_add(quantity);
    }
    Ok(all)
}
