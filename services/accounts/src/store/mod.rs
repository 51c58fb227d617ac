//! The tables of accounts, and everything that is ever asked of them.

mod accounts;
mod attempts;
mod columns;
mod keys;
mod resets;
mod rows;
mod schema;
mod sessions;
mod times;

pub use accounts::{Changes, Credentials, Replaced};
pub use attempts::{Bucket, Limit};
pub use columns::{AccountRow, Columns};
pub use keys::SigningKey;
pub use resets::RESET_FOR_S;
pub use rows::{Key, Range};
pub use sessions::{Opened, Refreshed, SESSIONS_MAX, SessionRow, hash_of};
pub use times::{now_ms, now_s};

store::tables! {
    /// The accounts, their sessions, and the keys that sign tokens. Cloning it shares the connections.
    AccountStore: "accounts" in "../../migrations/accounts/mysql", "../../migrations/accounts/sqlite"
}
