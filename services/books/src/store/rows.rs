//! Single books: look up by ISBN, add, change, remove.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, read, write};

use super::BookStore;
use super::columns::{BookRow, Columns};
use super::schema::books;
use crate::book::{Isbn, NewBook};

/// A book to be added, borrowed from its [`NewBook`].
#[derive(Insertable)]
#[diesel(table_name = books)]
pub(super) struct NewRow<'a> {
    isbn_key: &'a str,
    isbn: &'a str,
    title: &'a str,
    author: &'a str,
    description: &'a str,
    genre: &'a str,
    price_cents: i64,
    quantity: i64,
}

/// All that a change replaces; the key stays.
#[derive(AsChangeset)]
#[diesel(table_name = books)]
pub(super) struct Changes<'a> {
    isbn: &'a str,
    title: &'a str,
    author: &'a str,
    description: &'a str,
    genre: &'a str,
    price_cents: i64,
    quantity: i64,
}

impl<'a> From<&'a NewBook> for NewRow<'a> {
    fn from(book: &'a NewBook) -> Self {
        Self {
            isbn_key: book.isbn.key(),
            isbn: book.isbn.written(),
            title: &book.title,
            author: &book.author,
            description: &book.description,
            genre: &book.genre,
            price_cents: book.price.cents(),
            quantity: book.quantity,
        }
    }
}

impl<'a> From<&'a NewBook> for Changes<'a> {
    fn from(book: &'a NewBook) -> Self {
        Self {
            isbn: book.isbn.written(),
            title: &book.title,
            author: &book.author,
            description: &book.description,
            genre: &book.genre,
            price_cents: book.price.cents(),
            quantity: book.quantity,
        }
    }
}

impl From<&NewBook> for BookRow {
    fn from(book: &NewBook) -> Self {
        Self {
            isbn_key: Some(book.isbn.key().to_owned()),
            isbn: Some(book.isbn.written().to_owned()),
            title: Some(book.title.clone()),
            author: Some(book.author.clone()),
            description: Some(book.description.clone()),
            genre: Some(book.genre.clone()),
            price_cents: Some(book.price.cents()),
            quantity: Some(book.quantity),
        }
    }
}

impl BookStore {
    /// The book with this ISBN, in whatever spelling.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, isbn: &Isbn, columns: Columns) -> Result<Option<BookRow>, StoreError> {
        let rows = self.rows(vec![isbn.key()], columns).await?;
        Ok(rows.into_iter().next())
    }

    /// The books with these ISBNs, in no particular order, by one statement; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find_all(&self, isbns: &[Isbn], columns: Columns) -> Result<Vec<BookRow>, StoreError> {
        self.rows(isbns.iter().map(Isbn::key).collect(), Columns { isbn_key: true, ..columns }).await
    }

    async fn rows(&self, keys: Vec<&str>, columns: Columns) -> Result<Vec<BookRow>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self.shapes.any_of(books::isbn_key, keys, columns.bits());
        read!(&self.db, |connection| {
            let rows = books::table.filter(wanted.clone()).select(columns.list());
            rows.load::<BookRow>(connection).await
        })
        .await
    }

    /// Adds a book; says whether it did, or its ISBN was taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(&self, book: &NewBook) -> Result<bool, StoreError> {
        let added = write!(&self.db, |connection| {
            diesel::insert_into(books::table).values(NewRow::from(book)).execute(connection).await
        });
        match added.await {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Replaces the book with this ISBN; says whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace(&self, book: &NewBook) -> Result<bool, StoreError> {
        let changed = write!(&self.db, |connection| {
            let row = books::table.find(book.isbn.key());
            diesel::update(row).set(Changes::from(book)).execute(connection).await
        });
        Ok(changed.await? > 0)
    }

    /// Removes the book with this ISBN; says whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove(&self, isbn: &Isbn) -> Result<bool, StoreError> {
        let removed =
            write!(&self.db, |connection| { diesel::delete(books::table.find(isbn.key())).execute(connection).await });
        Ok(removed.await? > 0)
    }
}
