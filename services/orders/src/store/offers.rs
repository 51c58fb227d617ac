//! The books that can be ordered, as the book service told of them last.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use store::{Connection, on};

use super::schema::offers;

/// A book that can be ordered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offer {
    /// The ISBN without hyphens and in capitals.
    pub key: String,
    /// The ISBN as it is written.
    pub isbn: String,
    /// The title.
    pub title: String,
    /// The price in US cents.
    pub price_cents: i64,
}

/// Stores a book as the event with this id tells it, unless a later one told more.
pub(crate) async fn offer(connection: Connection<'_>, book: &Offer, event_id: &str) -> QueryResult<()> {
    let row = (
        offers::isbn_key.eq(&*book.key),
        offers::isbn.eq(&*book.isbn),
        offers::title.eq(&*book.title),
        offers::price_cents.eq(book.price_cents),
        offers::removed.eq(false),
        offers::event_id.eq(event_id),
    );
    store(connection, &book.key, event_id, row).await
}

/// Notes that a book can no longer be ordered, unless a later event than this one told of it.
pub(crate) async fn withdraw(connection: Connection<'_>, key: &str, event_id: &str) -> QueryResult<()> {
    let row = (
        offers::isbn_key.eq(key),
        offers::isbn.eq(key),
        offers::title.eq(""),
        offers::price_cents.eq(0_i64),
        offers::removed.eq(true),
        offers::event_id.eq(event_id),
    );
    store(connection, key, event_id, row).await
}

/// The values of a row: its key, the ISBN, the title, the price, whether it was removed, and by which event.
type Values<'a> = (
    diesel::dsl::Eq<offers::isbn_key, &'a str>,
    diesel::dsl::Eq<offers::isbn, &'a str>,
    diesel::dsl::Eq<offers::title, &'a str>,
    diesel::dsl::Eq<offers::price_cents, i64>,
    diesel::dsl::Eq<offers::removed, bool>,
    diesel::dsl::Eq<offers::event_id, &'a str>,
);

async fn store(mut connection: Connection<'_>, key: &str, event_id: &str, row: Values<'_>) -> QueryResult<()> {
    let insert = diesel::insert_or_ignore_into(offers::table).values(row);
    if on!(connection.again(), |inner| insert.execute(inner))? > 0 {
        return Ok(());
    }
    let (_, isbn, title, price, removed, event) = row;
    let older = offers::table.find(key).filter(offers::event_id.lt(event_id));
    let update = diesel::update(older).set((isbn, title, price, removed, event));
    on!(connection, |inner| update.execute(inner)).map(drop)
}

/// Those of these books that can be ordered.
pub(super) async fn of(connection: Connection<'_>, keys: &[&str]) -> QueryResult<Vec<Offer>> {
    let there = offers::table.filter(offers::isbn_key.eq_any(keys).and(offers::removed.eq(false)));
    let there = there.select((offers::isbn_key, offers::isbn, offers::title, offers::price_cents));
    let rows = on!(connection, |inner| there.load::<(String, String, String, i64)>(inner))?;
    let offer = |(key, isbn, title, price_cents)| Offer { key, isbn, title, price_cents };
    Ok(rows.into_iter().map(offer).collect())
}
