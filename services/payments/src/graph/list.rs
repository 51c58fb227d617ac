//! The ledger as a Relay connection.

use std::time::UNIX_EPOCH;

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Result};
use graph_serve::errors::Code;
use graph_serve::paging::Page;
use graph_serve::select::Selected;

use super::types::LedgerEntry;
use crate::store::{Columns, LedgerRow, PaymentStore, Range};

/// A page of the ledger.
pub type LedgerConnection = Connection<String, LedgerEntry, EmptyFields, EmptyFields>;

/// Reads one page.
pub(super) async fn page(
    context: &Context<'_>,
    page: Page,
    from: Option<String>,
    to: Option<String>,
) -> Result<LedgerConnection> {
    let selected = Selected::on_connection(context);
    let columns = Columns::behind(|field| selected.has(field));
    let (after, before) = page.places(number)?;
    let (from, to) = (time("from", from)?, time("to", to)?);
    let range = Range { after, before, backward: page.backward, rows: page.rows_to_read(), from, to };
    let rows = context.data::<PaymentStore>()?.ledger(range, columns).await?;
    Ok(page.connection(rows, LedgerRow::bytes, EmptyFields, |row| row.n.map(|n| n.to_string())))
}

impl LedgerRow {
    /// About how many bytes its texts take up in JSON.
    fn bytes(&self) -> usize {
        graph_serve::paging::json_bytes([&self.kind, &self.account, &self.currency])
    }
}

/// The milliseconds since 1970 of a date, or a date and a time.
fn time(name: &str, text: Option<String>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let whole = if text.len() == "2026-12-01".len() { format!("{text}T00:00:00Z") } else { text };
    let since = humantime::parse_rfc3339(&whole).ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let ms = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    let what = || format!("{name} must be a date such as 2026-12-01, or a time such as 2026-12-01T12:00:00Z.");
    ms.map(Some).ok_or_else(|| Code::BadUserInput.error(what()))
}

/// The number that a cursor is: written as it was given.
fn number(cursor: &str) -> Option<i64> {
    cursor.parse::<i64>().ok().filter(|number| number.to_string() == cursor)
}
