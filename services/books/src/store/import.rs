//! Many books at once.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::changing;
use store::{StoreError, Version};

use super::BookStore;
use super::columns::{BookRow, Columns};
use super::rows::{Changes, NewRow};
use super::schema::books;
use super::telling::{changed, tell};
use super::words::{self, WordsOf};
use crate::book::NewBook;

/// What became of the books of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Imported {
    /// Books that were not there before.
    pub added: u64,
    /// Books that were there, but different.
    pub updated: u64,
    /// Books that were there just so.
    pub unchanged: u64,
}

impl Imported {
    /// How many books there were.
    pub fn total(self) -> u64 {
        self.added + self.updated + self.unchanged
    }
}

impl std::ops::AddAssign for Imported {
    fn add_assign(&mut self, more: Self) {
        self.added += more.added;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
    }
}

impl BookStore {
    /// Adds or updates all of `batch`, or none of it. A book that is there just so keeps its version. Of several books with one ISBN the last one stays.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was changed.
    pub async fn import(&self, batch: &[NewBook]) -> Result<Imported, StoreError> {
        let columns = Columns { version: false, ..Columns::ALL };
        let versions = batch.iter().map(|_| Version::fresh()).collect::<Result<Vec<_>, _>>()?;
        changing!(&self.db, &self.outbox, |connection, out| {
            let keys = batch.iter().map(|book| book.isbn.key());
            let present = books::table.filter(books::isbn_key.eq_any(keys)).select(columns.list());
            let present: Vec<BookRow> = present.load(connection).await?;
            let mut present: HashMap<_, _> = present.into_iter().map(|row| (row.isbn_key.clone(), row)).collect();
            let (mut imported, mut new, mut other) = (Imported::default(), WordsOf::new(), WordsOf::new());
            for (book, version) in batch.iter().zip(&versions) {
                let (key, row) = (book.isbn.key(), BookRow::from(book));
                let before = present.insert(row.isbn_key.clone(), row.clone());
                if before.as_ref() == Some(&row) {
                    imported.unchanged += 1;
                } else if before.is_some() {
                    let changes = diesel::update(books::table.find(key)).set(Changes::new(book, *version));
                    if changes.execute(connection).await? == 0 {
                        // It was removed since it was read: all is read again.
                        return Err(diesel::result::Error::RollbackTransaction);
                    }
                    let words = if new.contains_key(key) { &mut new } else { &mut other };
                    words.insert(key, book.words());
                    tell((&mut *connection).into(), book, out).await?;
                    imported.updated += 1;
                } else {
                    let row = NewRow::new(book, *version, self.seller.as_deref());
                    diesel::insert_into(books::table).values(row).execute(connection).await?;
                    new.insert(key, book.words());
                    out.emit(&changed(book, self.seller.as_deref().map(str::to_owned)))?;
                    imported.added += 1;
                }
            }
            words::add((&mut *connection).into(), &new).await?;
            words::change((&mut *connection).into(), &self.shapes, &other).await?;
            Ok::<_, diesel::result::Error>(imported)
        })
        .await
    }
}
