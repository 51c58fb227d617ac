//! Holds the graphs to what clients in use rely on: the graphs of the last release, `graph/sdl/released`.
//!
//! These files change on purpose only: by copying the graphs over them at a release, or when a removal is agreed.

use std::fs;
use std::path::Path;

use apollo_compiler::ExecutableDocument;
use graph_documents::Document;

use crate::breaking::breaking;
use crate::schema;
use crate::uses::uses;
use crate::workspace::{ROOT, clients, released};

/// What clients of the released graph of `service` miss in `sdl`, one a line: the change, and the documents
/// that it strikes, each with its client. Nobody misses anything in a graph that was never released.
///
/// # Errors
/// A graph that is none, and documents that cannot be read.
pub fn broken(service: &str, sdl: &str) -> Result<Vec<String>, String> {
    let found = released()?.into_iter().find(|(name, _)| name == service);
    let Some((_, released)) = found else { return Ok(Vec::new()) };
    let released = schema(service, &released)?;
    let changes = breaking(&released, &*schema(service, sdl)?);
    let mut lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    for client in clients()? {
        let documents = graph_documents::read(&Path::new(ROOT).join(&client).join("documents"))?;
        for Document { operation, text, .. } in documents.into_iter().filter(|one| one.service == service) {
            // Of a document that was written for a newer graph, what the released one has is enough.
            let document =
                ExecutableDocument::parse(&released, text, &operation).unwrap_or_else(|faulty| faulty.partial);
            let used = uses(&released, &document);
            let struck = lines.iter_mut().zip(&changes).filter(|(_, change)| used.contains(&change.place));
            let place = format!("{client}/documents/{service}/{operation}.graphql");
            struck.for_each(|(line, _)| line.push_str(&format!("\n    {client}: {place}")));
        }
    }
    Ok(lines)
}

/// Holds the committed graph of `service` to the one that its code makes, `made`. With `UPDATE_SDL=1` in the
/// environment it is written anew, unless clients miss something in it; `UPDATE_SDL=breaking` writes it all the same.
///
/// # Errors
/// How they differ, or what would break.
pub fn committed(service: &str, made: &str) -> Result<(), String> {
    let file = Path::new(ROOT).join("graph/sdl").join(format!("{service}.graphql"));
    if let Some(how) = std::env::var_os("UPDATE_SDL") {
        update(service, made, &how.to_string_lossy(), &file)?;
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    let mut lines = committed.lines().zip(made.lines());
    match lines.find(|(committed, made)| committed != made) {
        None if committed == made => Ok(()),
        differs => Err(format!(
            "graph/sdl/{service}.graphql is not the graph of the code; the first line that differs is {differs:?}. \
             When the change is wanted, UPDATE_SDL=1 cargo test -p {service} --test it sdl writes it anew."
        )),
    }
}

/// Writes the graph that the code of `service` makes to `file`, unless clients miss something in it and `how` is
/// not `breaking`.
///
/// # Errors
/// What clients would miss, and a file that cannot be written.
pub fn update(service: &str, made: &str, how: &str, file: &Path) -> Result<(), String> {
    let broken = broken(service, made)?.join("\n");
    if !broken.is_empty() && how != "breaking" {
        return Err(format!("{} was left as it is, because clients would miss:\n{broken}\n{WAY}", file.display()));
    }
    fs::write(file, made).map_err(|error| format!("{}: {error}", file.display()))
}

/// What to do about something that clients miss.
pub const WAY: &str = "Keep it beside the new, marked as deprecated, until no client in use asks for it. Then \
    UPDATE_SDL=breaking writes the graph, and copying it to graph/sdl/released agrees to the change.";
