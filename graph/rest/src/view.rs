//! A row of the graph's answer as one client gets it.
//!
//! A document's aliases already cut answers to the client's shape, so most rows are copied as they are, less their
//! version. Only those with a field that is something else to the client are read, value by value.

use std::borrow::Cow;

use graph_host::problem::Problem;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::client::Instead;
use crate::field::{Kind, Shape};
use crate::json::Text;

/// How rows of a shape become JSON for a client.
#[derive(Clone, Debug)]
pub(crate) struct View {
    columns: Vec<Column>,
    /// Whether rows are more than copied.
    changes: bool,
}

/// A field of a row.
#[derive(Clone, Debug)]
struct Column {
    /// Its name, as the row has it.
    name: String,
    /// What is written before its value.
    before: String,
    to: To,
}

/// What becomes of a value.
#[derive(Clone, Debug)]
enum To {
    /// It stays.
    Same,
    /// The number that is in a text: the graph gives IDs as texts (GraphQL, section 3.5.5).
    Number,
    /// Another text.
    Text(Instead),
    /// A row within the row.
    Row(View),
    /// Each of several.
    Each(Box<To>),
}

impl View {
    /// The view of rows of this shape.
    pub(crate) fn of(shape: &Shape) -> Self {
        let columns = shape.fields.iter().enumerate().map(|(nth, field)| {
            let to = field.change.map_or_else(|| To::of(&field.kind), To::Text);
            let before = format!("{}\"{}\":", if nth == 0 { '{' } else { ',' }, field.rest);
            Column { name: field.rest.clone(), before, to }
        });
        let columns: Vec<Column> = columns.collect();
        Self { changes: columns.iter().any(|column| !matches!(column.to, To::Same)), columns }
    }

    /// Appends one row, given as the JSON that the graph sent, to the JSON that a client gets.
    ///
    /// # Errors
    /// When the row is not of the shape.
    pub(crate) fn write(&self, row: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
        if !self.changes {
            match parted(row) {
                None => out.extend_from_slice(row.as_bytes()),
                Some((_, fields)) => {
                    out.push(b'{');
                    out.extend_from_slice(fields.as_bytes());
                }
            }
            return Ok(());
        }
        let mut json = serde_json::Deserializer::from_str(row);
        Row { view: self, out }.deserialize(&mut json)?;
        json.end()
    }
}

/// A row that is read, and where it is written.
struct Row<'a> {
    view: &'a View,
    out: &'a mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a row")
    }

    /// Fields come in the order in which they are selected (GraphQL, section 7.2.2).
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut columns = self.view.columns.iter();
        while let Some(name) = map.next_key::<&str>()? {
            let value: &RawValue = map.next_value()?;
            if name == VERSION {
                continue;
            }
            let column = columns.next().filter(|column| column.name == name);
            let column = column.ok_or_else(|| A::Error::custom(format!("{name} is not in its place")))?;
            self.out.extend_from_slice(column.before.as_bytes());
            column.to.write(value.get(), self.out).map_err(A::Error::custom)?;
        }
        if let Some(missing) = columns.next() {
            return Err(A::Error::custom(format!("{} is missing", missing.name)));
        }
        self.out.push(b'}');
        Ok(())
    }
}

const VERSION: &str = "version";

impl To {
    fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Number => Self::Number,
            Kind::Object(shape) => Some(View::of(shape)).filter(|view| view.changes).map_or(Self::Same, Self::Row),
            Kind::List(kind) => match Self::of(kind) {
                Self::Same => Self::Same,
                other => Self::Each(Box::new(other)),
            },
            _ => Self::Same,
        }
    }

    fn write(&self, json: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self {
            _ if json == "null" => out.extend_from_slice(json.as_bytes()),
            Self::Same => out.extend_from_slice(json.as_bytes()),
            Self::Number => {
                let text: Cow<'_, str> = serde_json::from_str(json)?;
                let number: i64 = text.parse().map_err(|_| serde_json::Error::custom("an ID is not a number"))?;
                serde_json::to_writer(out, &number)?;
            }
            Self::Text(instead) => {
                let text: Text<'_> = serde_json::from_str(json)?;
                let shown = instead.shown(&text.0);
                // What was not changed is written as it came.
                match shown.len() == text.0.len() && shown == text.0 {
                    true => out.extend_from_slice(json.as_bytes()),
                    false => serde_json::to_writer(out, shown)?,
                }
            }
            Self::Row(view) => view.write(json, out)?,
            Self::Each(to) => {
                let all: Vec<&RawValue> = serde_json::from_str(json)?;
                out.push(b'[');
                for (nth, one) in all.into_iter().enumerate() {
                    if nth > 0 {
                        out.push(b',');
                    }
                    to.write(one.get(), out)?;
                }
                out.push(b']');
            }
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Bounds, Field};

    /// The view of rows with these fields.
    fn view(fields: &[(&str, Kind, Option<Instead>)]) -> View {
        let field = |(name, kind, change): &(&str, Kind, Option<Instead>)| Field {
            rest: (*name).to_owned(),
            graph: (*name).to_owned(),
            kind: kind.clone(),
            optional: false,
            about: String::new(),
            bounds: Bounds::default(),
            example: None,
            change: *change,
        };
        let fields = fields.iter().map(field).collect();
        View::of(&Shape { name: "Plant".to_owned(), about: String::new(), fields, versioned: true })
    }

    fn shown(view: &View, row: &str) -> Result<String, String> {
        let mut out = Vec::new();
        view.write(row, &mut out).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn the_version_is_taken_off_and_nothing_else() {
        let view = view(&[("ISBN", Kind::Text, None), ("title", Kind::Text, None)]);
        for (row, expected) in [
            (
                r#"{"version":"6f3a","ISBN":"1","title":"{\"version\":\"x\","}"#,
                r#"{"ISBN":"1","title":"{\"version\":\"x\","}"#,
            ),
            (r#"{"ISBN":"1"}"#, r#"{"ISBN":"1"}"#),
            (r#"{"title":"a","version":"1","b":2}"#, r#"{"title":"a","version":"1","b":2}"#),
        ] {
            assert_eq!(shown(&view, row).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn numbers_and_codes_take_the_place_of_texts() {
        let codes = Instead::Codes(&[("blue", "1"), ("tab\t", "2")]);
        let view = view(&[
            ("id", Kind::Number, None),
            ("colour", Kind::Text, Some(codes)),
            ("text", Kind::Text, Some(codes)),
            ("height", Kind::Decimal, None),
        ]);
        for (row, expected) in [
            (
                r#"{"version":"1","id":"7","colour":"blue","text":"äöü","height":1.50}"#,
                r#"{"id":7,"colour":"1","text":"äöü","height":1.50}"#,
            ),
            (
                r#"{"id":"9223372036854775807","colour":"tab\t","text":"\n\"x","height":null}"#,
                r#"{"id":9223372036854775807,"colour":"2","text":"\n\"x","height":null}"#,
            ),
            (
                r#"{"id":"1","colour":"red","text":null,"height":2}"#,
                r#"{"id":1,"colour":"red","text":null,"height":2}"#,
            ),
        ] {
            assert_eq!(shown(&view, row).as_deref(), Ok(expected));
        }
        for row in [
            r#"{"id":"x","colour":"red","text":"a","height":2}"#,
            r#"{"colour":"red","id":"1","text":"a","height":2}"#,
            r#"{"id":"1","colour":"red","text":"a"}"#,
            r#"{"id":"1","colour":"red","text":"a","height":2,"more":3}"#,
            "[]",
        ] {
            assert!(shown(&view, row).is_err(), "{row}");
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
