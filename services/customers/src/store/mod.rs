//! The customers' table, and everything that is ever asked of it.

mod changes;
mod columns;
mod rows;
mod sample;
mod schema;

pub use changes::Replaced;
pub use columns::{Columns, CustomerRow};
pub use rows::{Key, Range};

store::tables! {
    /// The customers. Cloning it shares the connections.
    CustomerStore: "customers" in "../../migrations/customers/mysql", "../../migrations/customers/sqlite"
}
