//! What a service's binary can do besides serving.

use std::pin::Pin;

use clap::ArgMatches;
use store::{Db, StoreError};

/// A tool of a service's binary, over the migrated database.
#[derive(Clone, Copy)]
pub struct Tool {
    /// The words of the command line, such as `water`, or `plants` and `water`.
    pub words: &'static [&'static str],
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Does it, and says what came of it.
    pub run: fn(Db) -> Used,
}

/// What a tool comes to: a sentence for who used it.
pub type Used = Pin<Box<dyn Future<Output = Result<String, StoreError>> + Send>>;

impl Tool {
    pub(crate) fn command(&self) -> clap::Command {
        let words = self.words.iter().rev().map(|word| clap::Command::new(*word).about(self.about));
        words.reduce(|below, word| word.subcommand_required(true).subcommand(below)).unwrap_or_default()
    }

    pub(crate) fn is_asked(&self, matches: &ArgMatches) -> bool {
        let mut at = Some(matches);
        for word in self.words {
            at = at.and_then(ArgMatches::subcommand).filter(|(name, _)| name == word).map(|(_, below)| below);
        }
        at.is_some()
    }
}
