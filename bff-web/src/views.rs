//! What the web client sees: everything, under REST's names.

use graph_rest::Input;
use graph_rest::view::{as_selected, number, reshaped};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A customer, whose number is a number.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer<'a> {
    #[serde(deserialize_with = "number")]
    id: i64,
    #[serde(borrow)]
    user_id: &'a RawValue,
    name: &'a RawValue,
    phone: &'a RawValue,
    address: &'a RawValue,
    address2: Option<&'a RawValue>,
    city: &'a RawValue,
    state: &'a RawValue,
    zipcode: &'a RawValue,
}

/// Books pass through as they are selected.
pub(crate) fn book(row: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    as_selected(row, out)
}

pub(crate) fn customer(row: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    reshaped::<Customer<'_>>(row, out)
}

/// The web client writes genres as the graph knows them.
pub(crate) fn genre(written: &str) -> &str {
    written
}

/// The web client writes books as the graph knows them.
pub(crate) fn book_input(_: &mut Input) {}
