//! What is wrong with settings, all of it at once.

use std::fmt::Display;
use std::process::ExitCode;

/// The exit code of a wrong setting (`EX_USAGE` of sysexits.h).
pub const EXIT_USAGE: u8 = 64;

/// Collects what is wrong with the settings, so that a person reads all of it at once.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<String>);

impl Mistakes {
    /// Takes the value of a setting when `parse` can read it, and notes the mistake when not.
    pub fn check<T, E: Display>(
        &mut self,
        name: &str,
        value: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        parse(value).map_err(|error| self.note(name, format!("{value:?} {error}"))).ok()
    }

    /// Notes a mistake without repeating the setting's value (for secrets and missing settings).
    pub fn note(&mut self, name: &str, what: impl Display) {
        self.0.push(format!("{name}: {what}"));
    }

    /// The settings, unless any of them was wrong.
    ///
    /// # Errors
    /// All the mistakes, one a line.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, WrongSettings> {
        match settings {
            Some(settings) if self.0.is_empty() => Ok(settings),
            _ => Err(WrongSettings(self.0)),
        }
    }
}

/// All the settings that are wrong.
#[derive(Debug, thiserror::Error)]
#[error("wrong settings:\n  {}\nTry --help for all settings and their defaults.", .0.join("\n  "))]
pub struct WrongSettings(pub Vec<String>);

impl WrongSettings {
    /// Prints the mistakes and gives the exit code for them.
    pub fn report(&self) -> ExitCode {
        eprintln!("{self}");
        ExitCode::from(EXIT_USAGE)
    }
}
