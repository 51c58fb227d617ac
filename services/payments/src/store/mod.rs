//! The tables of payments, and everything that is ever asked of them.

mod changes;
mod columns;
mod due;
mod ledger;
mod rows;
mod schema;

use std::sync::Arc;

use events::Outbox;
use store::{Db, Migrations, Shapes};

pub(crate) use changes::{Wanted, end, want};
pub use columns::{Columns, LedgerRow};
pub(crate) use due::Claimed;
pub use rows::{PaymentRow, Range, Retried};
pub(crate) use schema::sandbox_intents;

/// The migrations of the database.
pub const MIGRATIONS: Migrations =
    store::migrations!("payments", "../../migrations/payments/mysql", "../../migrations/payments/sqlite")
        .with(&events::MIGRATIONS);

/// The payments and the ledger. Cloning it shares the connections.
#[derive(Clone)]
pub struct PaymentStore {
    db: Db,
    shapes: Arc<Shapes>,
    outbox: Outbox,
}

impl PaymentStore {
    /// Those in `db`, which has been migrated; what becomes of them is told to `outbox`.
    pub fn new(db: Db, outbox: Outbox) -> Self {
        Self { db, shapes: Arc::default(), outbox }
    }
}
