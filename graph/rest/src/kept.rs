//! Answers of late, for when a service is away. What a client changes here is forgotten.

use std::sync::Arc;
use std::time::Duration;

use graph_call::{Row, Stale};

use crate::page::Page;

/// What was kept of one service's answers.
#[derive(Default)]
pub(crate) struct Kept {
    rows: Vec<(String, Arc<Stale<Row>>)>,
    pages: Vec<Arc<Stale<Page>>>,
}

impl Kept {
    /// Room for things of `part` that are looked up by the parameter `key`.
    pub(crate) fn rows(&mut self, part: &'static str, within: Option<Duration>, key: &str) -> Arc<Stale<Row>> {
        let rows = Arc::new(Stale::new(part, within));
        self.rows.push((key.to_owned(), Arc::clone(&rows)));
        rows
    }

    /// Room for pages of `part`.
    pub(crate) fn pages(&mut self, part: &'static str, within: Option<Duration>) -> Arc<Stale<Page>> {
        let pages = Arc::new(Stale::new(part, within));
        self.pages.push(Arc::clone(&pages));
        pages
    }

    /// Forgets what may have changed with the thing that has these parameters of a path, in whatever spelling it was asked
    /// for. By which other keys it is kept is not known here, so of those nothing is left.
    pub(crate) fn forget(&self, path: &[(&str, &str)]) {
        for (key, rows) in &self.rows {
            match path.iter().find(|(name, _)| name == key) {
                Some((_, value)) => rows.forget(|one| folded(one) == folded(value)),
                None => rows.forget_all(),
            }
        }
        self.forget_pages();
    }

    /// Forgets all pages: a new thing may be on any of them.
    pub(crate) fn forget_pages(&self) {
        self.pages.iter().for_each(|pages| pages.forget_all());
    }
}

/// A key without what may not matter to its service: too much is forgotten rather than too little.
fn folded(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
