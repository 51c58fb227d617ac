//! What a BFF's build script does.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::{Document, Manifest, read};

/// The folder of the committed graphs, from that of a client.
const GRAPHS: &str = "../graph/sdl";

/// Reads the documents of the crate in `folder` (see [`read()`]), and writes two things into the output folder of its build
/// script: `documents.json`, the manifest of `client`, and `documents.rs`, a Rust expression: for each service that they
/// are for, a `graph_rest::Source` with its committed graph, the examples of its types, and the documents.
///
/// # Errors
/// When a file cannot be read or written.
pub fn build(client: &str, folder: &str) -> Result<(), Box<dyn Error>> {
    let (documents, graphs) = (Path::new(folder).join("documents"), Path::new(folder).join(GRAPHS));
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("this is no build script")?);
    for folder in [&documents, &graphs] {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    let documents = read(&documents)?;
    fs::write(out.join("documents.rs"), sources(&documents, &fs::canonicalize(&graphs)?)?)?;
    let manifest = Manifest { client: client.to_owned(), documents };
    fs::write(out.join("documents.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    Ok(())
}

/// The services that `documents` are for, as a Rust expression.
fn sources(documents: &[Document], graphs: &Path) -> Result<String, std::fmt::Error> {
    let mut text = "&[\n".to_owned();
    for of_one in documents.chunk_by(|one, next| one.service == next.service) {
        let service = &of_one[0].service;
        let examples = graphs.join("examples").join(service).with_extension("json");
        let examples = if examples.exists() { format!("include_str!({examples:?})") } else { r#""{}""#.to_owned() };
        writeln!(text, "graph_rest::Source {{ service: {service:?}, examples: {examples},")?;
        writeln!(text, "sdl: include_str!({:?}),", graphs.join(service).with_extension("graphql"))?;
        writeln!(text, "documents: &[")?;
        for Document { operation, id, text: document, .. } in of_one {
            writeln!(text, "graph_rest::Document {{ operation: {operation:?}, id: {id:?}, text: {document:?} }},")?;
        }
        writeln!(text, "] }},")?;
    }
    text.push_str("]\n");
    Ok(text)
}
