//! A body becomes the input of a mutation: the names change from REST's to the graph's, the values stay as
//! they were written, but for what is something else to the client. What a value may be is the service's business; here
//! only its JSON type is checked, because a value of the wrong type would not get past the graph's type system.

use std::borrow::Cow;

use graph_host::problem::{Fault, Problem};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::field::{Field, Kind, Shape, article};
use crate::json::Text;
use crate::operation::{Body, GIVEN_ITEMS_MAX, GIVEN_MAX};

/// How many unknown fields a message names, and with how many characters.
const UNKNOWN_NAMED: usize = 5;
const UNKNOWN_NAME_MAX: usize = 40;

/// An input: the graph's names and the values in JSON.
#[derive(Debug)]
pub(crate) struct Input<'a>(Vec<(&'a str, Box<RawValue>)>);

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Body {
    /// Reads a body, with all that is wrong with it in one answer. A field that the bookstore sets itself may be there;
    /// those of `path`, pairs of a name and a value, must then be as in the path.
    pub(crate) fn read(&self, body: &[u8], path: &[(&str, &str)]) -> Result<Input<'_>, Problem> {
        let text = std::str::from_utf8(body).map_err(|_| self.unreadable("it is not UTF-8"))?;
        let Entries(mut entries) = serde_json::from_str(text).map_err(|error| self.unreadable(error))?;
        let (mut values, mut faults) = (Vec::with_capacity(self.fields.len()), Vec::new());
        let mut take = |field: &Field| {
            let at = entries.iter().position(|(name, _)| *name == field.rest);
            at.map(|at| entries.swap_remove(at).1)
        };
        let mut others = Vec::new();
        for field in &self.given {
            match take(field).filter(|value| value.get() != "null").map(|value| field.given(value)) {
                Some(Err(what)) => faults.push((field.rest.clone(), format!("{what}, or not be there"))),
                Some(Ok(value)) => others.extend(self.other_than_in_path(field, &value, path)),
                None => {}
            }
        }
        for field in &self.fields {
            match field.read(take(field)) {
                Ok(value) => values.extend(value.map(|value| (field.graph.as_str(), value))),
                Err(fault) => faults.push((field.rest.clone(), fault)),
            }
        }
        for (name, _) in entries.iter().take(UNKNOWN_NAMED) {
            let name: String = name.chars().take(UNKNOWN_NAME_MAX).collect();
            faults.push((name, format!("is not a field of {} {}", article(&self.thing), self.thing)));
        }
        // What is sent back from another place is told when there is nothing else.
        let faults = if faults.is_empty() { others } else { faults };
        if faults.is_empty() { Ok(Input(values)) } else { Err(self.invalid(faults)) }
    }

    /// The fault of a field whose value is not that of the parameter of the path that is called so.
    fn other_than_in_path(&self, field: &Field, value: &RawValue, path: &[(&str, &str)]) -> Option<(String, String)> {
        let (_, wanted) = path.iter().find(|(name, _)| *name == field.rest)?;
        let text = serde_json::from_str::<Cow<'_, str>>(value.get());
        let differs = text.as_deref().unwrap_or_else(|_| value.get()) != *wanted;
        let what = || format!("must be that of the {} that is replaced, {wanted}", self.thing);
        differs.then(|| (field.rest.clone(), what()))
    }

    /// 400 that names the fields at fault, each with a sentence that begins behind its name.
    pub(crate) fn invalid(&self, faults: Vec<(String, String)>) -> Problem {
        let known = |name: &str| self.given.iter().chain(&self.fields).any(|field| field.rest == name);
        let sentence = |(name, what): &(String, String)| match known(name) {
            true => format!("{name} {what}"),
            // What somebody else made up is put in quotes.
            false => format!("{name:?} {what}"),
        };
        let sentences: Vec<String> = faults.iter().map(sentence).collect();
        let message = format!("This is not a valid {}: {}.", self.thing, sentences.join("; "));
        let faults = faults.into_iter().map(|(name, what)| Fault::in_field(&name, what)).collect();
        Problem::bad_request(message).with_faults(faults)
    }

    /// The REST name of a field that the graph calls `name`.
    pub(crate) fn rest_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.fields.iter().find(|field| field.graph == name).map_or(name, |field| &field.rest)
    }

    fn unreadable(&self, why: impl std::fmt::Display) -> Problem {
        let names: Vec<&str> = self.fields.iter().map(|field| field.rest.as_str()).collect();
        let what = format!("must be a JSON object with {}: {why}", names.join(", "));
        Problem::bad_request(format!("The body {what}.")).with_faults(vec![Fault::in_body(what)])
    }
}

impl Field {
    /// The value to send on, when there is one.
    fn read(&self, value: Option<&RawValue>) -> Result<Option<Box<RawValue>>, String> {
        match value {
            Some(value) if self.optional && value.get() == "null" => Ok(None),
            None if self.optional => Ok(None),
            None => Err("is missing".to_owned()),
            Some(value) => {
                let value = self.kind.check(value)?;
                Ok(Some(self.meant(&value).unwrap_or(value)))
            }
        }
    }

    /// The value of a field that need not be there at all, and is not sent on.
    fn given(&self, value: &RawValue) -> Result<Box<RawValue>, String> {
        if let Kind::Object(_) = self.kind {
            return if value.get().starts_with('{') {
                Ok(value.to_owned())
            } else {
                Err("must be an object".to_owned())
            };
        }
        if let Kind::List(_) = self.kind {
            if !value.get().starts_with('[') {
                return Err("must be a list".to_owned());
            }
            let items = serde_json::from_str::<Vec<&RawValue>>(value.get()).map_or(0, |items| items.len());
            let fits = items <= GIVEN_ITEMS_MAX;
            return if fits { Ok(value.to_owned()) } else { Err(format!("must have at most {GIVEN_ITEMS_MAX} items")) };
        }
        let value = self.kind.check(value)?;
        match serde_json::from_str::<Text<'_>>(value.get()) {
            Ok(Text(text)) if self.kind == Kind::Text && text.chars().count() > GIVEN_MAX => {
                Err(format!("must have at most {GIVEN_MAX} characters"))
            }
            _ => Ok(value),
        }
    }

    /// What the client meant by a text that is something else in the graph.
    fn meant(&self, value: &RawValue) -> Option<Box<RawValue>> {
        let change = self.change?;
        let text: Text<'_> = serde_json::from_str(value.get()).ok()?;
        let meant = change.meant(&text.0);
        if meant == text.0 { None } else { to_raw_value(meant).ok() }
    }
}

impl Kind {
    /// The value as it goes to the graph, or what it must be.
    fn check(&self, value: &RawValue) -> Result<Box<RawValue>, String> {
        let json = value.get();
        let raw = |value: Option<Box<RawValue>>, what: &str| value.ok_or_else(|| what.to_owned());
        match self {
            Self::Text => match serde_json::from_str::<Text<'_>>(json) {
                Ok(_) => Ok(value.to_owned()),
                Err(_) => Err("must be a text".to_owned()),
            },
            Self::Choice(choices) => match serde_json::from_str::<Text<'_>>(json) {
                Ok(text) if choices.iter().any(|one| *one == text.0) => Ok(value.to_owned()),
                _ => Err(format!("must be one of {}", choices.join(", "))),
            },
            Self::Boolean => raw(matches!(json, "true" | "false").then(|| value.to_owned()), "must be true or false"),
            Self::Decimal if is_number(json) => raw(to_raw_value(json).ok(), "must be a number"),
            Self::Float if is_number(json) => Ok(value.to_owned()),
            Self::Decimal | Self::Float => Err("must be a number".to_owned()),
            Self::Integer => {
                let fits = whole(json).and_then(|whole| i32::try_from(whole).ok());
                raw(fits.and_then(|whole| to_raw_value(&whole).ok()), "must be an integer")
            }
            Self::Object(shape) => shape.check(value),
            Self::List(kind) => {
                let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| "must be a list".to_owned())?;
                let checked = items.into_iter().enumerate().map(|(nth, item)| {
                    kind.check(item).map_err(|what| format!("has an item, the {}, that {what}", ordinal(nth + 1)))
                });
                raw(to_raw_value(&checked.collect::<Result<Vec<_>, _>>()?).ok(), "must be a list")
            }
            Self::Number => {
                let above = whole(json).filter(|whole| *whole > 0);
                raw(above.and_then(|whole| to_raw_value(&whole).ok()), "must be a number above 0")
            }
        }
    }
}

impl Shape {
    /// An object as it goes to the graph, under its names there, or what is wrong with it.
    fn check(&self, value: &RawValue) -> Result<Box<RawValue>, String> {
        let Entries(mut entries) = serde_json::from_str(value.get()).map_err(|_| "must be an object".to_owned())?;
        let mut values = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            let at = entries.iter().position(|(name, _)| *name == field.rest);
            let given = at.map(|at| entries.swap_remove(at).1);
            let value = field.read(given).map_err(|what| format!("has a {} that {what}", field.rest))?;
            values.extend(value.map(|value| (field.graph.as_str(), value)));
        }
        if let Some((name, _)) = entries.first() {
            let name: String = name.chars().take(UNKNOWN_NAME_MAX).collect();
            return Err(format!("must not have {name:?}"));
        }
        to_raw_value(&Input(values)).map_err(|_| "must be an object".to_owned())
    }
}

/// `1st`, `2nd`, and so on.
fn ordinal(nth: usize) -> String {
    let end = match (nth % 100, nth % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{nth}{end}")
}

fn is_number(json: &str) -> bool {
    json.starts_with(|c: char| c == '-' || c.is_ascii_digit())
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
