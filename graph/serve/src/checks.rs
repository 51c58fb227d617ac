//! Typed refusals of invalid input, with every field at fault at once.

use crate::outcome::{InvalidField, InvalidInput};

/// Collects what is wrong with an input.
#[derive(Debug, Default)]
pub struct Checks(Vec<InvalidField>);

impl Checks {
    /// Notes that `field` is at fault.
    pub fn note(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(InvalidField { field: field.to_owned(), message: message.into() });
    }

    /// Takes the value of a field, or notes why it has none.
    pub fn take<T>(&mut self, field: &str, value: Result<T, impl Into<String>>) -> Option<T> {
        value.map_err(|message| self.note(field, message)).ok()
    }

    /// Takes a text that is not blank and has at most `most` characters.
    pub fn text(&mut self, field: &str, value: String, most: usize) -> Option<String> {
        if value.trim().is_empty() {
            self.note(field, "must not be empty");
            return None;
        }
        self.optional_text(field, value, most)
    }

    /// Takes a text that may be empty and has at most `most` characters.
    pub fn optional_text(&mut self, field: &str, value: String, most: usize) -> Option<String> {
        let length = value.chars().count();
        if length > most {
            self.note(field, format!("must have at most {most} characters, it has {length}"));
            return None;
        }
        Some(value)
    }

    /// The checked input, unless anything was noted.
    ///
    /// # Errors
    /// All that was noted.
    pub fn finish<T>(self, input: Option<T>) -> Result<T, InvalidInput> {
        match input {
            Some(input) if self.0.is_empty() => Ok(input),
            _ => Err(InvalidInput::new(self.0)),
        }
    }
}
