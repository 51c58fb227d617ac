//! Single books: look up by ISBN, add, change, remove.

use diesel::dsl::{Eq, Or};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use events::{adding, changing};
use store::{Added, Guarded, KeyedRequest, StoreError, Version, is_duplicate, read};

use super::BookStore;
use super::columns::{BookRow, Columns};
use super::schema::books;
use super::telling::{changed, tell};
use super::words::{self, WordsOf};
use crate::book::{Isbn, NewBook};
use crate::events::BookRemoved;

/// What tells the statements that change a book in a certain version from those that read [`Columns`].
const UPDATE: u64 = u64::MAX;
const DELETE: u64 = u64::MAX - 1;

/// The seller's, or whosever.
type IsTheirs = Or<Eq<books::seller, Option<String>>, <bool as AsExpression<Bool>>::Expression>;

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
    version: i64,
    seller: Option<&'a str>,
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
    version: i64,
}

impl<'a> NewRow<'a> {
    pub(super) fn new(book: &'a NewBook, version: Version, seller: Option<&'a str>) -> Self {
        Self {
            isbn_key: book.isbn.key(),
            isbn: book.isbn.written(),
            title: &book.title,
            author: &book.author,
            description: &book.description,
            genre: &book.genre,
            price_cents: book.price.cents(),
            quantity: book.quantity,
            version: version.column(),
            seller,
        }
    }
}

impl<'a> Changes<'a> {
    pub(super) fn new(book: &'a NewBook, version: Version) -> Self {
        Self {
            isbn: book.isbn.written(),
            title: &book.title,
            author: &book.author,
            description: &book.description,
            genre: &book.genre,
            price_cents: book.price.cents(),
            quantity: book.quantity,
            version: version.column(),
        }
    }
}

/// The row of a book, without its version.
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
            version: None,
        }
    }
}

impl BookRow {
    /// The row of a book that was stored in this version.
    pub fn stored(book: &NewBook, version: Version) -> Self {
        Self { version: Some(version.column()), ..Self::from(book) }
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

    /// Adds a book; with a `request` that did so before, it says again what came of that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(&self, book: &NewBook, request: Option<&KeyedRequest>) -> Result<Added<BookRow>, StoreError> {
        let (version, words, seller) = (Version::fresh()?, words_of(book), self.seller.as_deref());
        let added = adding!(&self.db, &self.outbox, request, |connection, out| {
            let insert = diesel::insert_into(books::table).values(NewRow::new(book, version, seller));
            match insert.execute(&mut *connection).await {
                Ok(_) => {
                    words::add((&mut *connection).into(), &words).await?;
                    out.emit(&changed(book, seller.map(str::to_owned)))?;
                    Ok(Added::New(BookRow::stored(book, version)))
                }
                Err(error) if is_duplicate(&error) => Ok(Added::Taken),
                Err(error) => Err(error),
            }
        });
        added.await
    }

    /// Replaces the book with this ISBN; with `versions`, only when it has one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace(&self, book: &NewBook, versions: Option<&[i64]>) -> Result<Guarded<BookRow>, StoreError> {
        if versions == Some(&[]) {
            return self.untouched(&book.isbn, versions).await;
        }
        let (version, words) = (Version::fresh()?, words_of(book));
        let guard = versions.map(|versions| self.shapes.any_of(books::version, versions.to_vec(), UPDATE));
        let changed = changing!(&self.db, &self.outbox, |connection, out| {
            let row = books::table.find(book.isbn.key()).filter(self.is_theirs());
            let changes = Changes::new(book, version);
            let changed = match &guard {
                None => diesel::update(row).set(changes).execute(&mut *connection).await?,
                Some(guard) => diesel::update(row.filter(guard)).set(changes).execute(&mut *connection).await?,
            };
            if changed > 0 {
                words::change((&mut *connection).into(), &self.shapes, &words).await?;
                tell((&mut *connection).into(), book, out).await?;
            }
            Ok::<_, diesel::result::Error>(changed)
        })
        .await?;
        match changed {
            0 => self.untouched(&book.isbn, versions).await,
            _ => Ok(Guarded::Done(BookRow::stored(book, version))),
        }
    }

    /// Removes the book with this ISBN; with `versions`, only when it has one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove(&self, isbn: &Isbn, versions: Option<&[i64]>) -> Result<Guarded<()>, StoreError> {
        if versions == Some(&[]) {
            return self.untouched(isbn, versions).await;
        }
        let guard = versions.map(|versions| self.shapes.any_of(books::version, versions.to_vec(), DELETE));
        let removed = changing!(&self.db, &self.outbox, |connection, out| {
            let row = books::table.find(isbn.key()).filter(self.is_theirs());
            let removed = match &guard {
                None => diesel::delete(row).execute(&mut *connection).await?,
                Some(guard) => diesel::delete(row.filter(guard)).execute(&mut *connection).await?,
            };
            if removed > 0 {
                words::remove((&mut *connection).into(), isbn.key()).await?;
                out.emit(&BookRemoved { key: isbn.key().to_owned() })?;
            }
            Ok::<_, diesel::result::Error>(removed)
        })
        .await?;
        match removed {
            0 => self.untouched(isbn, versions).await,
            _ => Ok(Guarded::Done(())),
        }
    }

    /// Whether a book is another one's than the seller's whose books these are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_anothers(&self, isbn: &Isbn) -> Result<bool, StoreError> {
        let Some(seller) = self.seller.as_deref() else { return Ok(false) };
        let row = books::table.find(isbn.key()).select(books::seller);
        let found = read!(&self.db, |connection| row.first::<Option<String>>(connection).await.optional()).await?;
        Ok(found.is_some_and(|owner| owner.as_deref() != Some(seller)))
    }

    /// That a book is one of those that may be changed.
    fn is_theirs(&self) -> IsTheirs {
        let everybodys = self.seller.is_none().into_sql::<Bool>();
        books::seller.eq(self.seller.as_deref().map(str::to_owned)).or(everybodys)
    }

    /// Why a change found no row. It is read after the change failed, so whatever it finds was true since.
    async fn untouched<T>(&self, isbn: &Isbn, versions: Option<&[i64]>) -> Result<Guarded<T>, StoreError> {
        let columns = Columns { isbn_key: true, ..Columns::default() };
        match versions {
            Some(_) if self.find(isbn, columns).await?.is_some() => Ok(Guarded::Changed),
            _ => Ok(Guarded::NotFound),
        }
    }
}

fn words_of(book: &NewBook) -> WordsOf<'_> {
    WordsOf::from([(book.isbn.key(), book.words())])
}
