//! What the mobile apps see: no addresses, and genres by their code where the apps have one.

use std::borrow::Cow;

use graph_rest::Input;
use graph_rest::view::{number, reshaped};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// The genres that the apps know by a code: its name in the graph, its code in the apps.
pub(crate) const GENRE_CODES: [(&str, &str); 1] = [("non-fiction", "3")];

/// A book whose genre may be a code.
#[derive(Deserialize, Serialize)]
struct Book<'a> {
    #[serde(rename = "ISBN", borrow)]
    isbn: &'a RawValue,
    title: &'a RawValue,
    #[serde(rename = "Author")]
    author: &'a RawValue,
    description: &'a RawValue,
    #[serde(serialize_with = "as_code")]
    genre: Cow<'a, str>,
    price: &'a RawValue,
    quantity: &'a RawValue,
}

/// A customer without an address.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer<'a> {
    #[serde(deserialize_with = "number")]
    id: i64,
    #[serde(borrow)]
    user_id: &'a RawValue,
    name: &'a RawValue,
    phone: &'a RawValue,
}

fn as_code<S: Serializer>(genre: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let code = GENRE_CODES.iter().find(|(name, _)| *name == genre);
    serializer.serialize_str(code.map_or(genre, |(_, code)| code))
}

pub(crate) fn book(row: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    reshaped::<Book<'_>>(row, out)
}

pub(crate) fn customer(row: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    reshaped::<Customer<'_>>(row, out)
}

/// The graph's name of a genre that an app may know by a code.
pub(crate) fn genre(written: &str) -> &str {
    name_of(written).unwrap_or(written)
}

/// An app that sends a book back as it got it must not change its genre: codes become names again.
pub(crate) fn book_input(input: &mut Input) {
    input.change_text("genre", name_of);
}

fn name_of(code: &str) -> Option<&'static str> {
    GENRE_CODES.iter().find(|(_, known)| *known == code).map(|(name, _)| *name)
}
