//! Which documents are run, as settings.

use std::fs;

use graph_documents::{Manifest, Mode};
use graph_host::settings::Mistakes;

const DOCUMENTS: &str = "GRAPH_DOCUMENTS";
const MANIFESTS: &str = "GRAPH_MANIFESTS";
const EXPLORE: &str = "GRAPH_EXPLORE";

/// The settings of trusted documents.
#[derive(clap::Args, Clone, Debug)]
pub struct DocumentArgs {
    /// Documents that are run: open, any; trusted, only those of the manifests, sent by id
    #[arg(long, env = "GRAPH_DOCUMENTS", default_value = "open", global = true)]
    graph_documents: String,
    /// Manifests of the clients' documents: files, separated by commas, as `web-bff documents` prints them
    #[arg(long, env = "GRAPH_MANIFESTS", default_value = "", global = true)]
    graph_manifests: String,
    /// Introspection, suggestions and the playground: on or off [default: on when documents are open]
    #[arg(long, env = "GRAPH_EXPLORE", global = true)]
    graph_explore: Option<String>,
}

/// Which documents a service runs.
#[derive(Clone, Debug)]
pub struct DocumentSettings {
    /// Any document, or only those of the manifests.
    pub mode: Mode,
    /// Whether the graph may be explored: by introspection, suggestions and the playground.
    pub explore: bool,
    /// The documents that are known by their ids.
    pub manifests: Vec<Manifest>,
}

impl Default for DocumentSettings {
    /// Any document is run, none is known by its id, and the graph may be explored.
    fn default() -> Self {
        Self { mode: Mode::Open, explore: true, manifests: Vec::new() }
    }
}

impl DocumentArgs {
    /// The settings, with the manifests `built_in` beside those that are given; what is wrong is noted in `mistakes`.
    pub fn read(&self, built_in: &[&str], mistakes: &mut Mistakes) -> Option<DocumentSettings> {
        let mode = mistakes.check(DOCUMENTS, &self.graph_documents, str::parse);
        let explore = match &self.graph_explore {
            Some(text) => mistakes.check(EXPLORE, text, on_or_off),
            None => mode.map(|mode| mode == Mode::Open),
        };
        let files = self.graph_manifests.split(',').map(str::trim).filter(|file| !file.is_empty());
        let given = files.map(|file| mistakes.check(MANIFESTS, file, read_file));
        let given: Option<Vec<Manifest>> = given.collect();
        let built_in = built_in.iter().map(|json| mistakes.check("the manifest of this program", json, Manifest::read));
        let built_in: Option<Vec<Manifest>> = built_in.collect();
        let manifests = [built_in?, given?].concat();
        if mode == Some(Mode::Trusted) && manifests.is_empty() {
            mistakes
                .note(MANIFESTS, "names no file, but only documents of a manifest are run when they must be trusted");
        }
        Some(DocumentSettings { mode: mode?, explore: explore?, manifests })
    }
}

fn on_or_off(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off"),
    }
}

fn read_file(file: &str) -> Result<Manifest, String> {
    let json = fs::read_to_string(file).map_err(|error| format!("cannot be read: {error}"))?;
    Manifest::read(&json)
}
