//! What the services share to store things.
//!
//! [`Db`] is a pool of connections to MySQL or to a SQLite file, chosen by the URL. The macros [`read!`],
//! [`write!`] and [`transaction!`] run one Diesel query on whichever it is. [`Picked`] keeps columns that
//! nobody asked for out of a SELECT list, [`AnyOf`] looks rows up by a list of keys, and [`migrate`] brings a schema up to date.

mod any_of;
mod db;
mod error;
mod lease;
mod migrate;
mod picked;
pub mod process;
mod url;

pub use any_of::{AnyOf, Shapes};
pub use db::Db;
pub use error::StoreError;
pub use lease::Lease;
pub use migrate::{Migrations, migrate};
pub use picked::Picked;
pub use url::DatabaseUrl;

/// What the macros need at the place where they are used.
#[doc(hidden)]
pub mod reexport {
    pub use diesel;
    pub use diesel_async;
    pub use diesel_migrations;
}
