//! The books' table, and everything that is ever asked of it.

mod columns;
mod cursor;
mod import;
mod list;
mod rows;
mod schema;

use std::sync::Arc;

use store::{Db, Migrations, Shapes};

pub use columns::{BookRow, Columns};
pub use cursor::Cursor;
pub use import::Imported;
pub use list::{Filter, Order, Range};

/// The migrations of the books' database.
pub const MIGRATIONS: Migrations =
    store::migrations!("books", "../../migrations/books/mysql", "../../migrations/books/sqlite");

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
