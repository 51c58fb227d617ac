//! The reviews' table, and everything that is ever asked of it.

mod changes;
mod columns;
mod rows;
mod schema;

pub(crate) use changes::blank_author;
pub use columns::{Columns, ReviewRow};
pub use rows::{Place, Range, Rating};

store::tables! {
    /// The reviews. Cloning it shares the connections.
    ReviewStore: "reviews" in "../../migrations/reviews/mysql", "../../migrations/reviews/sqlite"
}
