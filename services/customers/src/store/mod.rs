//! The customers' table, and everything that is ever asked of it.

mod columns;
mod rows;
mod sample;
mod schema;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use store::{Db, Migrations};

pub use columns::{Columns, CustomerRow};
pub use rows::{Key, Range, Replaced};

/// The migrations of the customers' database.
pub const MIGRATIONS: Migrations = Migrations { service: "customers", mysql: mysql_steps, sqlite: sqlite_steps };

fn mysql_steps() -> EmbeddedMigrations {
    const STEPS: EmbeddedMigrations = embed_migrations!("../../migrations/customers/mysql");
    STEPS
}

fn sqlite_steps() -> EmbeddedMigrations {
    const STEPS: EmbeddedMigrations = embed_migrations!("../../migrations/customers/sqlite");
    STEPS
}

/// The customers. Cloning it shares the connections.
#[derive(Clone)]
pub struct CustomerStore {
    db: Db,
}

impl CustomerStore {
    /// The customers in `db`, which has been migrated.
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}
