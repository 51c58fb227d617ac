//! Views: how a row of the graph's answer becomes what one client gets.
//!
//! A document's aliases already cut most answers to the client's shape, so the commonest view copies bytes.

use serde::de::{Deserialize, Deserializer, Error, Unexpected};
use serde::{Deserialize as DeriveDeserialize, Serialize};

/// Appends one row, given as the JSON that the graph sent, to the JSON that a client gets.
pub type View = fn(&str, &mut Vec<u8>) -> serde_json::Result<()>;

/// The view of a client that gets rows just as its documents select them.
///
/// # Errors
/// None; the type is that of all views.
pub fn as_selected(row: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    out.extend_from_slice(row.as_bytes());
    Ok(())
}

/// The view of a client that gets rows as the fields of `T`.
///
/// # Errors
/// When the row is not a `T`: then the document and the view do not fit together.
pub fn reshaped<'a, T: DeriveDeserialize<'a> + Serialize>(row: &'a str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(out, &serde_json::from_str::<T>(row)?)
}

/// Reads a GraphQL `ID` that is a number: the graph gives IDs as texts (GraphQL, section 3.5.5).
///
/// # Errors
/// When the text is not a number.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"a number"))
}
