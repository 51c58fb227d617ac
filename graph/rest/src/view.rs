//! Views: how a row of the graph's answer becomes what one client gets.
//!
//! A document's aliases already cut most answers to the client's shape, so the commonest view copies bytes.

use graph_host::problem::Problem;
use serde::de::{Deserialize, Deserializer, Error, Unexpected};
use serde::{Deserialize as DeriveDeserialize, Serialize};

/// Appends one row, given as the JSON that the graph sent, to the JSON that a client gets.
pub type View = fn(&str, &mut Vec<u8>) -> serde_json::Result<()>;

/// The view of a client that gets rows just as its documents select them, less the version.
///
/// # Errors
/// None; the type is that of all views.
pub fn as_selected(row: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match parted(row) {
        None => out.extend_from_slice(row.as_bytes()),
        Some((_, fields)) => {
            out.push(b'{');
            out.extend_from_slice(fields.as_bytes());
        }
    }
    Ok(())
}

/// The version of a row whose document selects it; it goes into the entity tag and into no body.
///
/// # Errors
/// [`Problem::internal`] when the version is not the row's first field: then the document does not fit.
pub(crate) fn version(row: &str) -> Result<&str, Problem> {
    parted(row).map(|(version, _)| version).ok_or_else(|| {
        tracing::error!("a row does not begin with its version");
        Problem::internal()
    })
}

/// A row that begins with its version: that, and the fields behind it. Nothing is parsed: fields come in the
/// order in which they are selected (GraphQL, section 7.2.2).
fn parted(row: &str) -> Option<(&str, &str)> {
    let (version, fields) = row.strip_prefix(r#"{"version":""#)?.split_once(r#"","#)?;
    version.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some((version, fields))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_taken_off_and_nothing_else() {
        for (row, shown) in [
            (
                r#"{"version":"6f3a","ISBN":"1","title":"{\"version\":\"x\","}"#,
                r#"{"ISBN":"1","title":"{\"version\":\"x\","}"#,
            ),
            (r#"{"ISBN":"1"}"#, r#"{"ISBN":"1"}"#),
            (r#"{"title":"a","version":"1","b":2}"#, r#"{"title":"a","version":"1","b":2}"#),
        ] {
            let mut out = Vec::new();
            as_selected(row, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), shown);
        }
    }

    #[test]
    fn a_row_without_a_version_in_front_has_no_tag() {
        assert_eq!(version(r#"{"version":"6f3a","ISBN":"1"}"#).ok(), Some("6f3a"));
        for row in ["{}", r#"{"ISBN":"1"}"#, r#"{"version":null,"a":1}"#, r#"{"version":"a b","c":1}"#] {
            assert!(version(row).is_err(), "{row}");
        }
    }
}
