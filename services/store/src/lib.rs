//! What the services share to store things.
//!
//! [`Db`] is a pool of connections to MySQL or to a SQLite file, chosen by the URL. The macros [`read!`],
//! [`write!`], [`transaction!`] and [`retried!`] run one Diesel query on whichever it is. [`Picked`] keeps columns that
//! nobody asked for out of a SELECT list, [`columns!`] names those of a table, [`AnyOf`] looks rows up by a list of keys, and [`migrate`] brings a schema up to date.
//! A [`Version`] tells one state of a row from the others, [`guarded!`] holds a change to it, and [`once!`] makes a request that carries an idempotency
//! key take effect once.

mod any_of;
mod columns;
mod connections;
mod db;
mod error;
mod guarded;
pub mod isbn;
mod keyed;
mod lease;
mod migrate;
mod mysql;
mod picked;
mod replica;
mod server;
pub mod settings;
mod statements;
mod times;
mod url;
mod version;

pub use any_of::{AnyOf, Shapes};
pub use connections::Connections;
pub use db::{Db, try_again};
pub use error::{StoreError, is_duplicate};
pub use guarded::Guarded;
pub use keyed::{Added, Connection, KEPT_FOR, KeyedRequest, Settled};
pub use lease::Lease;
pub use migrate::{Filling, Migrations, migrate};
pub use mysql::{MySql, MySqlConnection, Timed};
pub use picked::Picked;
pub use replica::Reading;
pub use server::{Server, Tls};
pub use times::{ms, now_ms, now_s};
pub use url::DatabaseUrl;
pub use version::{Version, versions};

/// What the macros need at the place where they are used.
#[doc(hidden)]
pub mod reexport {
    pub use diesel;
    pub use diesel_async;
    pub use diesel_migrations;
}
