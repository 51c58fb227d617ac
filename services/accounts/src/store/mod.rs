//! The tables of accounts, and everything that is ever asked of them.

mod accounts;
mod attempts;
mod columns;
mod keys;
mod resets;
mod rows;
mod schema;
mod sessions;

pub use accounts::{Changes, Credentials, Replaced};
pub use attempts::{Bucket, Limit};
pub use columns::{AccountRow, Columns};
pub use keys::SigningKey;
pub use resets::RESET_FOR_S;
pub use rows::{Key, Range};
pub use sessions::{Opened, Refreshed, SESSIONS_MAX, SessionRow, hash_of};
pub use store::{now_ms, now_s};

use std::sync::Arc;

use events::Outbox;
use store::{Db, Migrations, Shapes};

/// The migrations of the database.
pub const MIGRATIONS: Migrations =
    store::migrations!("accounts", "../../migrations/accounts/mysql", "../../migrations/accounts/sqlite")
        .with(&events::MIGRATIONS);

/// The accounts, their sessions, and the keys that sign tokens. Cloning it shares the connections.
#[derive(Clone)]
pub struct AccountStore {
    db: Db,
    shapes: Arc<Shapes>,
    outbox: Outbox,
}

impl AccountStore {
    /// Those in `db`, which has been migrated; what becomes of them is told to `outbox`.
    pub fn new(db: Db, outbox: Outbox) -> Self {
        Self { db, shapes: Arc::default(), outbox }
    }
}
