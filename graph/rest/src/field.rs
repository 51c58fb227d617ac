//! A field of a thing or a parameter: its name in REST and in the graph, and what its values may be.

use serde_json::Value;

use crate::client::Instead;

/// A field of a row, of a body, or a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// Its name in REST: the alias in the document, or the name of the variable.
    pub(crate) rest: String,
    /// Its name in the graph; of an argument within another one, with a dot between them.
    pub(crate) graph: String,
    pub(crate) kind: Kind,
    /// Whether it may be null, or not be there.
    pub(crate) optional: bool,
    /// Its description in the graph.
    pub(crate) about: String,
    pub(crate) bounds: Bounds,
    pub(crate) example: Option<Value>,
    pub(crate) change: Option<Instead>,
}

/// The JSON type of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A whole number that fits GraphQL's `Int`.
    Integer,
    /// A whole number of 64 bits above 0, which the graph has as an `ID`.
    Number,
    /// A number. To the graph it goes as a text, so that no digit of it is lost in a double.
    Decimal,
    /// A number that is a double.
    Float,
    /// True or false.
    Boolean,
    /// One of these texts.
    Choice(Vec<String>),
    /// A thing within a thing.
    Object(Shape),
    /// Several of these.
    List(Box<Kind>),
}

/// The bounds of `@constraint`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) pattern: Option<String>,
    pub(crate) format: Option<String>,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
}

/// The fields of a type that one document, or all of them, select.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// The name of the type in the graph.
    pub(crate) name: String,
    /// Its description in the graph.
    pub(crate) about: String,
    /// The fields that the client sees, in the order of the document.
    pub(crate) fields: Vec<Field>,
    /// Whether the document selects the version, before all else.
    pub(crate) versioned: bool,
}

impl Shape {
    /// What people call such a thing: `plant pot` for `PlantPot`.
    pub(crate) fn thing(&self) -> String {
        spoken(&self.name)
    }
}

/// The name of a type in small letters, with spaces between its words.
pub(crate) fn spoken(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `a` or `an`, as a word needs it.
pub(crate) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
