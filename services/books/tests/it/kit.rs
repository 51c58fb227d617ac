//! Stores and books for tests.

use books::book::{Draft, Isbn, NewBook};
use books::store::{BookRow, BookStore, MIGRATIONS};
use store::{Added, Db, migrate};
use testkit::{Database, Kind};

/// Runs a test on an empty database of each kind.
pub async fn on_each(test: impl AsyncFn(Database)) {
    for kind in Kind::ALL {
        println!("on {kind:?}");
        test(Database::new(kind)).await;
    }
}

/// A store over the database at `url`, with connections of its own, as another process has.
pub async fn open(url: &str) -> BookStore {
    let url = url.parse().unwrap();
    migrate(&url, MIGRATIONS).await.unwrap();
    BookStore::new(Db::open(&url).unwrap(), events::Outbox::nowhere("books"))
}

pub fn book(isbn: &str, title: &str) -> NewBook {
    NewBook::try_new(Draft {
        isbn: isbn.into(),
        title: title.into(),
        author: "Groot".into(),
        description: "I am Groot 🌱".into(),
        genre: "fiction".into(),
        price: "12.34".into(),
        quantity: 3,
    })
    .unwrap()
}

pub fn isbn(text: &str) -> Isbn {
    Isbn::try_new(text).unwrap()
}

/// Adds a book and gives the row that was stored.
pub async fn added(store: &BookStore, book: &NewBook) -> BookRow {
    match store.add(book, None).await.unwrap() {
        Added::New(row) => row,
        other => panic!("{other:?}"),
    }
}
