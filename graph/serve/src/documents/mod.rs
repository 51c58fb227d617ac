//! Which documents a service runs: those that its clients' manifests hold, and in open mode any other.
//!
//! A document is read and checked once. Those of the manifests are at start, and are found by their id; the text of
//! any other is remembered for a while, so that a document that comes again is not read again.

mod seen;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use graph_documents::{Manifest, Mode};
use graph_host::rights::Rights;

pub use settings::{DocumentArgs, DocumentSettings};

use crate::ceiling::Limits;
use crate::meters::DocumentMeters;
use crate::plan::{Document, Parsed, Types};
use crate::request::{Asked, Refused};
use seen::Seen;

/// The documents that a service runs.
pub(crate) struct Documents {
    types: Arc<Types>,
    rights: Arc<Rights>,
    by_id: HashMap<String, Arc<Document>>,
    seen: Seen,
    mode: Mode,
    explore: bool,
    meters: DocumentMeters,
}

/// What keeps a service from starting.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// A document of a manifest cannot be run: the manifest does not belong to this version of the service.
    #[error("the document {operation} of {client} cannot be run here: {why}")]
    Document {
        /// Whose document it is.
        client: String,
        /// The name of its operation.
        operation: String,
        /// What is wrong with it.
        why: String,
    },
    /// The service cannot begin to work.
    #[error("it cannot start: {0}")]
    Start(String),
    /// The table of rights cannot be read.
    #[error("the table of rights is not sound: {0}")]
    Rights(String),
    /// The service's own schema is no sound graph.
    #[error("the schema is not sound: {0}")]
    Schema(String),
}

impl Documents {
    /// The documents of the manifests that are for `service`, each held to the limits and the types of its graph.
    ///
    /// # Errors
    /// The first document that does not fit.
    pub(crate) fn try_new(
        part: &'static str,
        service: &str,
        settings: DocumentSettings,
        limits: &Limits,
        types: Arc<Types>,
        rights: Arc<Rights>,
    ) -> Result<Self, Unfit> {
        let mut by_id = HashMap::new();
        for Manifest { client, documents } in settings.manifests {
            for document in documents.into_iter().filter(|one| one.service == service) {
                let graph_documents::Document { id, text, operation, .. } = document;
                let unfit =
                    |refused: Refused| Unfit::Document { client: client.clone(), operation, why: refused.message() };
                let document = Parsed::read(&text, limits).and_then(|parsed| parsed.check(&types, &rights));
                by_id.insert(id, Arc::new(document.map_err(unfit)?));
            }
        }
        let (mode, explore, meters) = (settings.mode, settings.explore, DocumentMeters::new(part));
        Ok(Self { types, rights, by_id, seen: Seen::default(), mode, explore, meters })
    }

    /// The document that a request asks for. A text that was not met before is read, and remembered for a while.
    pub(crate) fn find(&self, asked: Asked, limits: &Limits) -> Result<Arc<Document>, Refused> {
        let text = match asked {
            Asked::ById(id) => {
                let known = self.by_id.get(&id).ok_or_else(Refused::unknown_document)?;
                self.meters.by_id.inc();
                return Ok(Arc::clone(known));
            }
            Asked::ByText(text) => text,
        };
        if self.mode == Mode::Trusted && !self.explore {
            return Err(Refused::untrusted());
        }
        if let Some(known) = self.seen.get(&text) {
            self.meters.remembered.inc();
            return Ok(known);
        }
        self.meters.read.inc();
        let parsed = Parsed::read(&text, limits)?;
        if self.mode == Mode::Trusted && !parsed.only_explores() {
            return Err(Refused::untrusted());
        }
        let document = Arc::new(parsed.check(&self.types, &self.rights)?);
        self.seen.put(text, Arc::clone(&document));
        Ok(document)
    }
}
