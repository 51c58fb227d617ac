//! The tables of orders, and everything that is ever asked of them.

mod changes;
mod columns;
mod late;
mod offers;
mod place;
mod rebuild;
mod row;
mod rows;
mod schema;

use std::sync::Arc;

use events::Outbox;
use store::{Db, Migrations, Shapes};

pub use changes::{ByHand, Cancelled};
pub(crate) use changes::{Heard, forget, heard};
pub use columns::{Columns, OrderRow};
pub use late::look_after;
pub(crate) use offers::{Offer, offer, withdraw};
pub use place::{Placing, Refused};
pub use rebuild::Rebuilt;
pub use rows::{HistoryRow, Range};

/// The migrations of the database.
pub const MIGRATIONS: Migrations =
    store::migrations!("orders", "../../migrations/orders/mysql", "../../migrations/orders/sqlite")
        .with(&events::MIGRATIONS);

/// The orders. Cloning it shares the connections.
#[derive(Clone)]
pub struct OrderStore {
    db: Db,
    shapes: Arc<Shapes>,
    outbox: Outbox,
}

impl OrderStore {
    /// Those in `db`, which has been migrated; what becomes of them is told to `outbox`.
    pub fn new(db: Db, outbox: Outbox) -> Self {
        Self { db, shapes: Arc::default(), outbox }
    }
}
