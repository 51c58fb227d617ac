//! The files of a client's documents.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Document, id};

/// The file of fragments: of one service in its folder, of all services beside the folders.
const FRAGMENTS: &str = "fragments.graphql";

/// A fragment definition and its name.
struct Fragment {
    name: String,
    text: String,
}

/// Reads `<service>/<operation>.graphql` in `folder`, sorted by service and operation. Each document has the fragments
/// behind it that it spreads, from `<service>/fragments.graphql` and `fragments.graphql`, and no others, because the
/// text of a document is all that a service is sent.
///
/// # Errors
/// A sentence, when a file cannot be read or has a fragment twice.
pub fn read(folder: &Path) -> Result<Vec<Document>, String> {
    let common = fragments(&folder.join(FRAGMENTS))?;
    let mut documents = Vec::new();
    for service in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let own = fragments(&service.join(FRAGMENTS))?;
        if let Some(twice) = own.iter().find(|one| common.iter().any(|other| other.name == one.name)) {
            return Err(format!("{}: the fragment {} is there for all services too", service.display(), twice.name));
        }
        let known: Vec<&Fragment> = own.iter().chain(&common).collect();
        for file in entries(&service)?.into_iter().filter(|file| !file.ends_with(FRAGMENTS)) {
            let text = with_fragments(text(&file)?, &known);
            documents.push(Document { service: name(&service), operation: name(&file), id: id(&text), text });
        }
    }
    Ok(documents)
}

/// The document with the fragments that it spreads, and those that these spread, each once.
fn with_fragments(mut text: String, known: &[&Fragment]) -> String {
    let mut added: Vec<&str> = Vec::new();
    while let Some(next) = known.iter().find(|one| !added.contains(&&*one.name) && spreads(&text, &one.name)) {
        added.push(&next.name);
        text.push('\n');
        text.push_str(&next.text);
    }
    text
}

/// Whether a text has `...name`.
fn spreads(text: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split("...").skip(1).any(|rest| {
        let rest = rest.trim_start();
        rest.strip_prefix(name).is_some_and(|behind| !behind.starts_with(is_name))
    })
}

/// The fragments in a file, which need not be there. A definition begins a line with `fragment`, and goes to the next one.
fn fragments(file: &Path) -> Result<Vec<Fragment>, String> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = text(file)?;
    let mut found: Vec<Fragment> = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("fragment ") {
            let name = rest.split_whitespace().next().unwrap_or_default().to_owned();
            if found.iter().any(|one| one.name == name) {
                return Err(format!("{}: the fragment {name} is there twice", file.display()));
            }
            found.push(Fragment { name, text: String::new() });
        }
        // What stands before the first one is about the file.
        if let Some(fragment) = found.last_mut() {
            fragment.text.push_str(line);
            fragment.text.push('\n');
        }
    }
    Ok(found)
}

fn text(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What is in a folder, sorted, so that the same files give the same manifest.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    if let Ok(paths) = &mut paths {
        paths.sort();
    }
    paths.map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_gets_the_fragments_that_it_spreads_and_theirs() {
        let fragment = |name: &str, text: &str| Fragment { name: name.to_owned(), text: text.to_owned() };
        let known = [
            fragment("Plant", "fragment Plant on Plant { name ...Leaf }\n"),
            fragment("Plants", "fragment Plants on Plant { name }\n"),
            fragment("Leaf", "fragment Leaf on Plant { leaf }\n"),
        ];
        let known: Vec<&Fragment> = known.iter().collect();
        let whole = with_fragments("{ plant { ... Plant } }\n".to_owned(), &known);
        assert_eq!(whole, format!("{{ plant {{ ... Plant }} }}\n\n{}\n{}", known[0].text, known[2].text));
        assert_eq!(with_fragments("{ a ... on Plant { b } }".to_owned(), &known), "{ a ... on Plant { b } }");
    }
}
