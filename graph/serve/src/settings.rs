//! What a service's graph is served with.

use std::sync::Arc;

use graph_host::rights::Rights;
use graph_host::settings::Mistakes;

use crate::ceiling::{LimitArgs, Limits};
use crate::documents::{DocumentArgs, DocumentSettings};

/// The settings of every service's graph.
#[derive(clap::Args, Clone, Debug)]
pub struct GraphArgs {
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    documents: DocumentArgs,
}

/// What a graph is served with, beside its schema. By default any document is run, within the default limits.
#[derive(Clone, Debug, Default)]
pub struct GraphSettings {
    /// What a document may ask for.
    pub limits: Limits,
    /// Which documents are run.
    pub documents: DocumentSettings,
    /// Who may do what; what the table says of the service unless this says otherwise.
    pub rights: Option<Arc<Rights>>,
}

impl GraphArgs {
    /// The settings, with the manifests `built_in` beside those that are given; what is wrong is noted in `mistakes`.
    pub fn read(&self, built_in: &[&str], mistakes: &mut Mistakes) -> Option<GraphSettings> {
        let (limits, documents) = (self.limits.read(mistakes), self.documents.read(built_in, mistakes));
        Some(GraphSettings { limits: limits?, documents: documents?, rights: None })
    }
}
