//! What a service's binary can do besides serving.

use std::pin::Pin;

use clap::ArgMatches;
use store::{Db, StoreError};

/// A tool of a service's binary, over the migrated database.
#[derive(Clone, Copy)]
pub struct Tool {
    /// The words of the command line, such as `plants` and `water`.
    pub words: [&'static str; 2],
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Does it, and says what came of it.
    pub run: fn(Db) -> Used,
}

/// What a tool comes to: a sentence for who used it.
pub type Used = Pin<Box<dyn Future<Output = Result<String, StoreError>> + Send>>;

impl Tool {
    pub(crate) fn command(&self) -> clap::Command {
        let [first, second] = self.words;
        let second = clap::Command::new(second).about(self.about);
        clap::Command::new(first).about(self.about).subcommand_required(true).subcommand(second)
    }

    pub(crate) fn is_asked(&self, matches: &ArgMatches) -> bool {
        let [first, second] = self.words;
        let below = matches.subcommand().filter(|(name, _)| *name == first);
        below.is_some_and(|(_, below)| below.subcommand_name() == Some(second))
    }
}
