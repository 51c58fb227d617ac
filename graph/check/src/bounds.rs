//! The bounds that a graph tells of the fields of a type, by `@constraint`, and values on both sides of them.

use apollo_compiler::ast::{DirectiveList, Value};
use apollo_compiler::schema::ExtendedType;
use regex::Regex;

use crate::schema;

/// A bound of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// It has as many characters or more.
    MinLength(usize),
    /// It has at most as many characters.
    MaxLength(usize),
    /// It has this in it.
    Pattern(String),
    /// It is one of these.
    Format(String),
    /// It is as high or higher.
    Min(f64),
    /// It is at most as high.
    Max(f64),
}

/// The fields of the type `of` in a graph that have bounds, each with one of them.
///
/// # Errors
/// When there is no such type, or a bound cannot be read.
pub fn bounds(sdl: &str, of: &str) -> Result<Vec<(String, Bound)>, String> {
    let schema = schema("graph", sdl)?;
    let fields: Vec<(&str, &DirectiveList)> = match schema.types.get(of) {
        Some(ExtendedType::InputObject(input)) => {
            input.fields.iter().map(|(name, field)| (name.as_str(), &field.directives)).collect()
        }
        Some(ExtendedType::Object(object)) => {
            object.fields.iter().map(|(name, field)| (name.as_str(), &field.directives)).collect()
        }
        _ => return Err(format!("there is no type {of} with fields")),
    };
    let told = fields.into_iter().flat_map(|(field, directives)| {
        let arguments = directives.get_all("constraint").flat_map(|one| &one.arguments);
        arguments.map(move |argument| {
            let bound = bound(&argument.name, &argument.value)
                .ok_or(format!("{of}.{field}: {} cannot be read", argument.name))?;
            Ok((field.to_owned(), bound))
        })
    });
    told.collect()
}

fn bound(name: &str, value: &Value) -> Option<Bound> {
    let count = || usize::try_from(value.to_i32()?).ok();
    let text = || value.as_str().map(str::to_owned);
    Some(match name {
        "minLength" => Bound::MinLength(count()?),
        "maxLength" => Bound::MaxLength(count()?),
        "pattern" => Bound::Pattern(text()?),
        "format" => Bound::Format(text()?),
        "min" => Bound::Min(value.to_f64()?),
        "max" => Bound::Max(value.to_f64()?),
        _ => return None,
    })
}

impl Bound {
    /// Texts that keep to it, and texts that do not: those of so many characters that `long` makes, those of `samples` in
    /// which a pattern is, or is not, and the numbers next to it. None for a format, of which only people know.
    ///
    /// # Errors
    /// A pattern that is none.
    pub fn sides(&self, long: impl Fn(usize) -> String, samples: &[&str]) -> Result<[Vec<String>; 2], String> {
        Ok(match self {
            Self::MinLength(least) => [vec![long(*least)], vec![long(least.saturating_sub(1))]],
            Self::MaxLength(most) => [vec![long(*most)], vec![long(most + 1)]],
            Self::Pattern(pattern) => {
                let pattern = Regex::new(pattern).map_err(|error| error.to_string())?;
                let (fit, others) = samples.iter().map(|one| (*one).to_owned()).partition(|one| pattern.is_match(one));
                [fit, others]
            }
            Self::Format(_) => [vec![], vec![]],
            Self::Min(least) => [vec![least.to_string()], vec![beside(*least, -1.0)]],
            Self::Max(most) => [vec![most.to_string()], vec![beside(*most, 1.0)]],
        })
    }
}

/// The number that is one of its last digits away from another: a whole, or a hundredth.
fn beside(number: f64, steps: f64) -> String {
    if number.fract() == 0.0 { format!("{:.0}", number + steps) } else { format!("{:.2}", number + steps / 100.0) }
}
