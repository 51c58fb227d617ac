//! The customers' table, and everything that is ever asked of it.

mod changes;
mod columns;
mod rows;
mod sample;
mod schema;

use std::sync::Arc;

use store::{Db, Migrations, Shapes};

pub use changes::Replaced;
pub use columns::{Columns, CustomerRow};
pub use rows::{Key, Range};

/// The migrations of the customers' database.
pub const MIGRATIONS: Migrations =
    store::migrations!("customers", "../../migrations/customers/mysql", "../../migrations/customers/sqlite");

/// The customers. Cloning it shares the connections.
#[derive(Clone)]
pub struct CustomerStore {
    db: Db,
    shapes: Arc<Shapes>,
}

impl CustomerStore {
    /// The customers in `db`, which has been migrated.
    pub fn new(db: Db) -> Self {
        Self { db, shapes: Arc::default() }
    }
}
