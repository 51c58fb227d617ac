//! The tables of books and of their words, and everything that is ever asked of them.

mod clauses;
mod columns;
mod count;
mod cursor;
mod expressions;
mod fill;
mod import;
mod lead;
mod list;
mod rows;
mod schema;
mod stock;
mod telling;
mod words;

use std::sync::Arc;

use events::Outbox;
use store::{Db, Migrations, Shapes};

pub use columns::{BookRow, Columns};
pub use cursor::Cursor;
pub use import::Imported;
pub use list::{Filter, Order, Range};
pub(crate) use stock::{Wanted, give_back, take};
pub use telling::tell_all;

/// The migrations of the books' database, and the words of the books that were there before.
pub const MIGRATIONS: Migrations = Migrations {
    fill: |db| Box::pin(fill::fill(db)),
    beside: Some(&events::MIGRATIONS),
    ..store::migrations!("books", "../../migrations/books/mysql", "../../migrations/books/sqlite")
};

/// The books, as one seller changes them or everybody. Cloning it shares the connections.
#[derive(Clone)]
pub struct BookStore {
    db: Db,
    shapes: Arc<Shapes>,
    outbox: Outbox,
    /// The only one whose books are changed, and whose those are that are added.
    seller: Option<Arc<str>>,
}

impl BookStore {
    /// The books in `db`, which has been migrated; what becomes of them is told to `outbox`.
    pub fn new(db: Db, outbox: Outbox) -> Self {
        Self { db, shapes: Arc::default(), outbox, seller: None }
    }

    /// The same books as this seller changes them: those that are added are theirs, and no others are replaced or removed.
    #[must_use]
    pub fn of_seller(&self, seller: Option<&str>) -> Self {
        Self { seller: seller.map(Arc::from), ..self.clone() }
    }
}
