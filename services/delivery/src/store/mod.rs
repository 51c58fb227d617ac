//! The tables of deliveries and of times, and everything that is ever asked of them.

mod bookings;
mod changes;
mod rows;
mod schema;

use std::sync::Arc;

use events::Outbox;
use store::{Db, Migrations, Shapes};

pub use bookings::{Booked, Booking};
pub(crate) use changes::{Contact, announce, arrange, cancel};
pub use rows::DeliveryRow;

/// The migrations of the database.
pub const MIGRATIONS: Migrations =
    store::migrations!("delivery", "../../migrations/delivery/mysql", "../../migrations/delivery/sqlite")
        .with(&events::MIGRATIONS);

/// The deliveries, and the times that are booked. Cloning it shares the connections.
#[derive(Clone)]
pub struct DeliveryStore {
    db: Db,
    shapes: Arc<Shapes>,
    outbox: Outbox,
    booking: Booking,
}

impl DeliveryStore {
    /// Those in `db`, which has been migrated; what becomes of them is told to `outbox`.
    pub fn new(db: Db, outbox: Outbox, booking: Booking) -> Self {
        Self { db, shapes: Arc::default(), outbox, booking }
    }
}
