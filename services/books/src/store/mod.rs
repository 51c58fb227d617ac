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
mod words;

use std::sync::Arc;

use store::{Db, Migrations, Shapes};

pub use columns::{BookRow, Columns};
pub use cursor::Cursor;
pub use import::Imported;
pub use list::{Filter, Order, Range};

/// The migrations of the books' database, and the words of the books that were there before.
pub const MIGRATIONS: Migrations = Migrations {
    fill: |db| Box::pin(fill::fill(db)),
    ..store::migrations!("books", "../../migrations/books/mysql", "../../migrations/books/sqlite")
};

/// The books. Cloning it shares the connections.
#[derive(Clone)]
pub struct BookStore {
    db: Db,
    shapes: Arc<Shapes>,
}

impl BookStore {
    /// The books in `db`, which has been migrated.
    pub fn new(db: Db) -> Self {
        Self { db, shapes: Arc::default() }
    }
}
