//! A body becomes the input of a mutation: the names change from REST's to the graph's, the values stay as
//! they were written. What a value may be is the service's business; here only its JSON type is checked,
//! because a value of the wrong type would not get past the graph's type system.

use std::borrow::Cow;

use graph_host::problem::{Fault, Problem};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// How many unknown fields a message names, and with how many characters.
const UNKNOWN_NAMED: usize = 5;
const UNKNOWN_NAME_MAX: usize = 40;

/// The JSON type that a field must have.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A text, `null` or nothing.
    OptionalText,
    /// A number. It goes on as a text, so that no digit of it is lost in a double.
    Decimal,
    /// A whole number that fits GraphQL's `Int`.
    Integer,
    /// A number that the bookstore sets itself; it may be sent back.
    Given,
}

/// A field of a resource: its name in REST, its name in the graph, its type.
pub(crate) struct Field {
    pub(crate) rest: &'static str,
    pub(crate) graph: &'static str,
    pub(crate) kind: Kind,
}

/// A kind of thing that clients write.
pub(crate) struct Resource {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

/// The input of a mutation: the graph's names and the values in JSON.
#[derive(Debug)]
pub struct Input(Vec<(&'static str, Box<RawValue>)>);

impl Serialize for Input {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Input {
    /// Replaces the text of the field `name` by what `change` makes of it, when that is something.
    pub fn change_text(&mut self, name: &str, change: impl Fn(&str) -> Option<&'static str>) {
        for (_, value) in self.0.iter_mut().filter(|(field, _)| *field == name) {
            let text = serde_json::from_str::<Cow<'_, str>>(value.get()).ok();
            if let Some(Ok(changed)) = text.and_then(|text| change(&text)).map(to_raw_value) {
                *value = changed;
            }
        }
    }
}

impl Resource {
    /// Reads a body, with all that is wrong with it in one answer. Also gives the value of the field that
    /// the bookstore sets itself, when the body repeats it.
    pub(crate) fn read(&self, body: &[u8]) -> Result<(Input, Option<Box<RawValue>>), Problem> {
        let text = std::str::from_utf8(body).map_err(|_| self.unreadable("it is not UTF-8"))?;
        let Entries(mut entries) = serde_json::from_str(text).map_err(|error| self.unreadable(error))?;
        let (mut values, mut given, mut faults) = (Vec::with_capacity(self.fields.len()), None, Vec::new());
        for field in self.fields {
            let at = entries.iter().position(|(name, _)| name == field.rest);
            let value = at.map(|at| entries.swap_remove(at).1);
            match field.read(value) {
                Ok(value) if field.kind == Kind::Given => given = value,
                Ok(value) => values.extend(value.map(|value| (field.graph, value))),
                Err(fault) => faults.push((field.rest.to_owned(), fault.to_owned())),
            }
        }
        for (name, _) in entries.iter().take(UNKNOWN_NAMED) {
            let name: String = name.chars().take(UNKNOWN_NAME_MAX).collect();
            faults.push((name, format!("is not a field of a {}", self.name)));
        }
        match faults.is_empty() {
            true => Ok((Input(values), given)),
            false => Err(self.invalid(faults)),
        }
    }

    /// 400 that names the fields at fault, each with a sentence that begins behind its name.
    pub(crate) fn invalid(&self, faults: Vec<(String, String)>) -> Problem {
        let sentence = |(name, what): &(String, String)| match self.fields.iter().any(|field| field.rest == name) {
            true => format!("{name} {what}"),
            // What somebody else made up is put in quotes.
            false => format!("{name:?} {what}"),
        };
        let sentences: Vec<String> = faults.iter().map(sentence).collect();
        Problem::bad_request(format!("This is not a valid {}: {}.", self.name, sentences.join("; ")))
            .with_faults(faults.into_iter().map(|(name, what)| Fault::in_field(&name, what)).collect())
    }

    /// The REST name of a field that the graph calls `name`.
    pub(crate) fn rest_name<'a>(&self, name: &'a str) -> &'a str {
        self.fields.iter().find(|field| field.graph == name).map_or(name, |field| field.rest)
    }

    fn unreadable(&self, why: impl std::fmt::Display) -> Problem {
        let known = self.fields.iter().filter(|field| field.kind != Kind::Given);
        let names: Vec<&str> = known.map(|field| field.rest).collect();
        let what = format!("must be a JSON object with {}: {why}", names.join(", "));
        Problem::bad_request(format!("The body {what}.")).with_faults(vec![Fault::in_body(what)])
    }
}

impl Field {
    /// The value to send on, when there is one.
    fn read(&self, value: Option<&RawValue>) -> Result<Option<Box<RawValue>>, &'static str> {
        let missing = value.is_none_or(|value| value.get() == "null");
        match (value, self.kind) {
            (_, Kind::OptionalText | Kind::Given) if missing => Ok(None),
            (None, _) => Err("is missing"),
            (Some(value), kind) => kind.check(value).map(Some),
        }
    }
}

impl Kind {
    fn check(self, value: &RawValue) -> Result<Box<RawValue>, &'static str> {
        let json = value.get();
        match self {
            Self::Text | Self::OptionalText => match serde_json::from_str::<Cow<'_, str>>(json) {
                Ok(_) => Ok(value.to_owned()),
                Err(_) => Err("must be a text"),
            },
            Self::Decimal if json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                to_raw_value(json).map_err(|_| "must be a number")
            }
            Self::Decimal => Err("must be a number"),
            Self::Integer => {
                let fits = whole(json).and_then(|whole| i32::try_from(whole).ok());
                fits.and_then(|whole| to_raw_value(&whole).ok()).ok_or("must be an integer from 0 to 2147483647")
            }
            Self::Given => {
                let given = whole(json).filter(|whole| *whole > 0);
                given.and_then(|whole| to_raw_value(&whole).ok()).ok_or("must be a number above 0, or not be there")
            }
        }
    }
}

/// The whole number that `json` is, however it is written: `3.0` and `3e0` are 3.
fn whole(json: &str) -> Option<i64> {
    /// Doubles hold all whole numbers up to here exactly.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    let exact =
        || serde_json::from_str::<f64>(json).ok().filter(|number| number.fract() == 0.0 && number.abs() <= EXACT_MAX);
    serde_json::from_str(json).ok().or_else(|| exact().map(|number| number as i64))
}

/// The entries of a JSON object, each key once.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    if entries.len() == ENTRIES_MAX {
                        return Err(A::Error::custom("it has too many fields"));
                    }
                    if entries.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom(format!("{key:?} is there twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// How many fields are looked at; no resource has as many.
const ENTRIES_MAX: usize = 64;

/// A key, borrowed from the body unless it has escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_whole_number_may_be_written_in_any_way() {
        for (json, value) in [("3", 3), ("3.0", 3), ("-3e0", -3), ("1E2", 100), ("9223372036854775807", i64::MAX)] {
            assert_eq!(whole(json), Some(value), "{json}");
        }
        for json in ["3.5", "1e300", "9223372036854775808", "\"3\"", "null", "true", "[]"] {
            assert_eq!(whole(json), None, "{json}");
        }
    }
}
