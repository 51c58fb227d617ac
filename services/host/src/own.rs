//! Settings that only one service has.

use clap::{Arg, ArgMatches};
use graph_host::settings::{self, Mistakes, setting};

/// A setting that only one service has.
#[derive(Clone, Copy)]
pub struct Own {
    /// Its name, such as `PLANTS_PER_POT`.
    pub name: &'static str,
    /// What it is, in a sentence without a full stop.
    pub about: &'static str,
    /// Its value when nobody sets it.
    pub default: &'static str,
    /// What is wrong with a value, to be read after the name.
    pub check: fn(&str) -> Result<(), String>,
    /// Whether its value is a secret.
    pub secret: bool,
}

impl Own {
    pub(crate) fn arg(&self) -> Arg {
        let arg = setting(self.name, self.about).hide_env_values(self.secret);
        if self.default.is_empty() { arg } else { arg.default_value(self.default) }
    }
}

/// The values of such settings, checked.
#[derive(Clone, Default)]
pub struct Values(Vec<(&'static str, String)>);

impl Values {
    pub(crate) fn read(settings: &'static [Own], matches: &ArgMatches, mistakes: &mut Mistakes) -> Option<Self> {
        let mut read = |own: &Own| {
            let text = settings::value(matches, own.name).unwrap_or(own.default);
            let checked = (own.check)(text).map(|()| (own.name, text.to_owned()));
            match own.secret {
                false => mistakes.check(own.name, text, |_| checked),
                true => checked.map_err(|what| mistakes.note(own.name, what)).ok(),
            }
        };
        let values: Vec<_> = settings.iter().map(&mut read).collect();
        values.into_iter().collect::<Option<_>>().map(Self)
    }

    pub(crate) fn defaults(settings: &'static [Own]) -> Self {
        Self(settings.iter().map(|own| (own.name, own.default.to_owned())).collect())
    }

    /// The same, with this value of a setting.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Some((_, known)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            value.clone_into(known);
        }
        self
    }

    /// The value of a setting; empty when there is no such setting.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Whether a setting is `on`.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name) == "on"
    }
}

/// The check of a setting that is `on` or `off`.
///
/// # Errors
/// That it is neither.
pub fn on_or_off(text: &str) -> Result<(), String> {
    if ["on", "off"].contains(&text) { Ok(()) } else { Err("must be on or off".to_owned()) }
}
