//! Which documents a service runs: those that its clients' manifests hold, and in open mode any other.
//!
//! A document is read and checked once. Those of the manifests are at start, and are found by their id; the text of
//! any other is remembered for a while, so that a document that comes again is not read again.

mod seen;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection};
use graph_documents::{Document, Manifest, Mode};

pub use settings::{DocumentArgs, DocumentSettings};

use crate::ceiling::{Limits, cost, scan};
use crate::meters::DocumentMeters;
use crate::request::{Asked, Refused};
use seen::Seen;

/// The documents that a service runs.
pub(crate) struct Documents {
    by_id: HashMap<String, Arc<ExecutableDocument>>,
    seen: Seen,
    mode: Mode,
    explore: bool,
    meters: DocumentMeters,
}

/// A document that a request asks for.
pub(crate) struct Found {
    pub(crate) parsed: Arc<ExecutableDocument>,
    /// Its text, when it was not met before: then it has yet to be checked against the graph.
    pub(crate) unchecked: Option<String>,
}

/// A document of a manifest that cannot be run: the manifest does not belong to this version of the service.
#[derive(Debug, thiserror::Error)]
#[error("the document {operation} of {client} cannot be run here: {why}")]
pub struct Unfit {
    client: String,
    operation: String,
    why: String,
}

impl Documents {
    /// The documents of the manifests that are for `service`, each held to the limits and to `check`.
    ///
    /// # Errors
    /// The first document that does not fit.
    pub(crate) fn try_new(
        part: &'static str,
        service: &str,
        settings: DocumentSettings,
        limits: &Limits,
        check: impl Fn(&ExecutableDocument) -> Result<(), String>,
    ) -> Result<Self, Unfit> {
        let mut by_id = HashMap::new();
        for Manifest { client, documents } in settings.manifests {
            for Document { id, text, operation, .. } in documents.into_iter().filter(|one| one.service == service) {
                let unfit = |why| Unfit { client: client.clone(), operation: operation.clone(), why };
                let parsed = read(&text, limits).map_err(|refused| unfit(refused.message()))?;
                check(&parsed).map_err(unfit)?;
                by_id.insert(id, Arc::new(parsed));
            }
        }
        let (mode, explore, meters) = (settings.mode, settings.explore, DocumentMeters::new(part));
        Ok(Self { by_id, seen: Seen::default(), mode, explore, meters })
    }

    /// The document that a request asks for, within the limits that need no variables.
    pub(crate) fn find(&self, asked: Asked, limits: &Limits) -> Result<Found, Refused> {
        let text = match asked {
            Asked::ById(id) => {
                let known = self.by_id.get(&id).ok_or_else(Refused::unknown_document)?;
                self.meters.by_id.inc();
                return Ok(Found { parsed: Arc::clone(known), unchecked: None });
            }
            Asked::ByText(text) => text,
        };
        if self.mode == Mode::Trusted && !self.explore {
            return Err(Refused::untrusted());
        }
        if let Some(parsed) = self.seen.get(&text) {
            self.meters.remembered.inc();
            return Ok(Found { parsed, unchecked: None });
        }
        self.meters.read.inc();
        let parsed = read(&text, limits)?;
        if self.mode == Mode::Trusted && !only_explores(&parsed) {
            return Err(Refused::untrusted());
        }
        Ok(Found { parsed: Arc::new(parsed), unchecked: Some(text) })
    }

    /// Remembers a document that was checked.
    pub(crate) fn remember(&self, text: String, parsed: Arc<ExecutableDocument>) {
        self.seen.put(text, parsed);
    }
}

/// Reads a document, held to the limits of its text.
fn read(text: &str, limits: &Limits) -> Result<ExecutableDocument, Refused> {
    scan(text, limits)?;
    let parsed = parse_query(text).map_err(Refused::syntax)?;
    // What spreads itself is refused here, before anything walks it.
    cost::cost(&parsed, &Variables::default(), limits)?;
    Ok(parsed)
}

/// Whether a document asks for the schema alone.
fn only_explores(document: &ExecutableDocument) -> bool {
    let mut roots = document.operations.iter().flat_map(|(_, operation)| &operation.node.selection_set.node.items);
    roots.all(|selection| match &selection.node {
        Selection::Field(field) => field.node.name.node.starts_with("__"),
        _ => false,
    })
}
