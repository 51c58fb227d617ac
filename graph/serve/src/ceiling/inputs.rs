//! Counting the values that a request brings, in its variables and its arguments.
//!
//! A few bytes of text can become a hundred times as much memory, and the library copies a variable wherever
//! it is used, so a large one that is used often would fill the memory of the machine.

use async_graphql::{Name, Positioned, Value, Variables};
use async_graphql_value::Value as AnyValue;

use super::{Exceeded, Limits};

/// So many bytes of text count as one more value.
const TEXT_BYTES: usize = 64;

/// Holds the text of a JSON object to the limit of values before it is parsed. The members of an object and
/// the elements of a list count, texts do not: they take no more memory than they already do.
///
/// # Errors
/// When it has more.
pub(crate) fn scan_json(json: &[u8], limits: &Limits) -> Result<(), Exceeded> {
    let (mut values, mut in_text, mut escaped) = (0, false, false);
    for byte in json {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b',' | b'[' | b'{') => values += 1,
            _ => {}
        }
    }
    Exceeded::check("inputs", values, limits.inputs)
}

/// What a value asks for.
#[derive(Clone, Copy, Default)]
pub(super) struct Size {
    /// Rows, as the size of a page.
    pub(super) page: Option<u64>,
    /// Rows, as a list of keys.
    pub(super) keys: u64,
    /// What it counts as an input.
    pub(super) inputs: u64,
}

/// What each variable asks for, sorted by name.
pub(super) fn sizes(variables: &Variables) -> Vec<(&str, Size)> {
    let size = |value: &Value| Size {
        page: match value {
            Value::Number(number) => number.as_u64(),
            _ => None,
        },
        keys: match value {
            Value::List(keys) => keys.len() as u64,
            _ => 0,
        },
        inputs: self::value(value),
    };
    variables.iter().map(|(name, value)| (name.as_str(), size(value))).collect()
}

/// What the arguments of a field count, with `variable` for each variable in them.
pub(super) fn arguments(all: &[(Positioned<Name>, Positioned<AnyValue>)], variable: &impl Fn(&str) -> u64) -> u64 {
    sum(all.iter().map(|(_, value)| with_variables(&value.node, variable)))
}

/// What a value counts: itself, what is in it, and its texts by their length.
pub(super) fn value(value: &Value) -> u64 {
    let inner = match value {
        Value::String(text) => long(text),
        Value::List(values) => sum(values.iter().map(self::value)),
        Value::Object(members) => {
            sum(members.iter().map(|(name, member)| long(name).saturating_add(self::value(member))))
        }
        _ => 0,
    };
    inner.saturating_add(1)
}

fn with_variables(value: &AnyValue, variable: &impl Fn(&str) -> u64) -> u64 {
    let of = |value| with_variables(value, variable);
    let inner = match value {
        AnyValue::Variable(name) => return variable(name),
        AnyValue::String(text) => long(text),
        AnyValue::List(values) => sum(values.iter().map(of)),
        AnyValue::Object(members) => sum(members.iter().map(|(name, member)| long(name).saturating_add(of(member)))),
        _ => 0,
    };
    inner.saturating_add(1)
}

/// What a text counts for its length.
pub(super) fn long(text: &str) -> u64 {
    (text.len() / TEXT_BYTES) as u64
}

pub(super) fn sum(parts: impl Iterator<Item = u64>) -> u64 {
    parts.fold(0, u64::saturating_add)
}
