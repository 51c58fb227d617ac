//! What a BFF's build script does.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::{Document, Manifest, id};

/// Reads `documents/<service>/<operation>.graphql` of the crate in `folder`, and writes two things into the output
/// folder of its build script: `documents/<service>/<operation>.rs` with the text and id of each as a Rust expression, a pair of
/// texts, and `documents.json`, the manifest of `client`.
///
/// # Errors
/// When a file cannot be read or written.
pub fn build(client: &str, folder: &str) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(folder).join("documents");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("this is no build script")?);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut documents = Vec::new();
    for service in entries(&folder)? {
        for file in entries(&service)? {
            let document = document(&service, &file)?;
            write_constants(&out, &document)?;
            documents.push(document);
        }
    }
    let manifest = Manifest { client: client.to_owned(), documents };
    fs::write(out.join("documents.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    Ok(())
}

/// What is in a folder, sorted, so that the same files give the same manifest.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn document(service: &Path, file: &Path) -> Result<Document, Box<dyn Error>> {
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(Document { service: name(service), operation: name(file), id: id(&text), text })
}

fn write_constants(out: &Path, document: &Document) -> Result<(), Box<dyn Error>> {
    let folder = out.join("documents").join(&document.service);
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join(&document.operation).with_extension("rs"),
        format!("({:?}, {:?})", document.text, document.id),
    )?;
    Ok(())
}
