//! What this service tells others.

use events::Event;
use serde::Serialize;

/// An account was removed, and nothing that names its holder may stay.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRemoved {
    /// Its id, which was the subject of its tokens.
    pub account_id: String,
    /// What its holder might do.
    pub role: String,
}

impl Event for AccountRemoved {
    const TYPE: &'static str = "AccountRemoved";

    fn subject(&self) -> String {
        self.account_id.clone()
    }
}
