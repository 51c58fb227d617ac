//! What the workspace has: graphs of services, and clients that send them documents.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// How the names of the clients' folders begin.
const CLIENT: &str = "bff-";

/// The committed graphs, each by the name of its service, sorted.
///
/// # Errors
/// A folder or a file that cannot be read.
pub fn graphs() -> Result<Vec<(String, String)>, String> {
    all("graph/sdl")
}

/// The released graphs, each by the name of its service, sorted. A new service has none.
///
/// # Errors
/// A folder or a file that cannot be read.
pub fn released() -> Result<Vec<(String, String)>, String> {
    all("graph/sdl/released")
}

/// The committed graph of `service`.
///
/// # Errors
/// When there is no such service, or its graph cannot be read.
pub fn graph(service: &str) -> Result<String, String> {
    let found = graphs()?.into_iter().find(|(name, _)| name == service);
    found.map(|(_, sdl)| sdl).ok_or_else(|| format!("there is no service {service}"))
}

/// The clients, by the names of their folders, sorted.
///
/// # Errors
/// When the workspace cannot be read.
pub fn clients() -> Result<Vec<String>, String> {
    let packages = entries(Path::new(ROOT))?.into_iter().filter(|path| path.join("Cargo.toml").is_file());
    Ok(packages.map(|path| name(&path)).filter(|name| name.starts_with(CLIENT)).collect())
}

/// What is in a folder, sorted.
///
/// # Errors
/// When it cannot be read.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    Ok(paths)
}

/// The graphs in a folder.
fn all(folder: &str) -> Result<Vec<(String, String)>, String> {
    let files = entries(&Path::new(ROOT).join(folder))?.into_iter().filter(|path| path.is_file());
    let read = |file: &Path| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    files.map(|file| Ok((name(&file.with_extension("")), read(&file)?))).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
