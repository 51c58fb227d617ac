//! What services tell each other.
//!
//! A change and the events that it tells are stored by one transaction ([`changing!`], [`Outbox`]). A relay carries them, in
//! the order in which they were stored, to the services that [`Routes`] name: within this process, or by RabbitMQ
//! ([`Transport`]). They travel at least once. A [`Receiver`] keeps their ids, and does what follows from one in the
//! transaction that keeps its id, further events included; so each takes effect once. What fails is tried again from 1 s
//! to 5 min later, ten times, and is then [`parked`].
//!
//! Events of one subject take effect in the order in which they were told, provided that the transactions that tell them
//! hold the subject's row, and that none was parked.

mod amqp;
mod clock;
mod envelope;
mod lease;
mod metrics;
mod outbox;
pub mod parked;
mod receiver;
mod relay;
mod retries;
mod routes;
mod running;
mod table;

pub use amqp::{AmqpUrl, EventArgs};
pub use envelope::{Envelope, Event, never};
pub use outbox::{Emitted, Outbox, Transport};
pub use receiver::{Handler, Handlers, Handling, Receiver};
pub use retries::{PARKED_AFTER, pause_after};
pub use routes::{Route, Routes};
pub use running::{Running, Station};

/// The tables that a service needs which tells or hears events, to be added to its own:
/// `MIGRATIONS.with(&events::MIGRATIONS)`.
pub const MIGRATIONS: store::Migrations =
    store::migrations!("events", "../../migrations/events/mysql", "../../migrations/events/sqlite");
