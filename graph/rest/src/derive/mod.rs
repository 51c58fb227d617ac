//! A client's table, its documents and the graphs, made one: done once, at the start. Whatever does not fit together is
//! told then, and by a test of each client before.

mod document;
mod graph;
#[cfg(test)]
mod tests;

use crate::client::{Ask, Client};
use crate::field::{Field, Kind, Shape};
use crate::operation::{Endpoint, Unfit};
use graph::Graph;

/// All methods at all paths of `client`.
///
/// # Errors
/// [`Unfit`], for the first that does not fit.
pub(crate) fn endpoints(client: &Client) -> Result<Vec<Endpoint>, Unfit> {
    let graphs = client.sources.iter().map(Graph::read).collect::<Result<Vec<_>, _>>()?;
    let asked = client.routes.iter().flat_map(|(path, asks)| asks.iter().map(move |ask| (*path, *ask)));
    let endpoint = |(path, ask): (&'static str, Ask)| {
        let name = ask.operation();
        let found = graphs.iter().find_map(|graph| Some((graph, graph.document(name)?)));
        let (graph, document) = found.ok_or_else(|| Unfit(format!("{path}: there is no document {name}")))?;
        let operation = document::operation(graph, document, &ask, path, client.changes)
            .map_err(|what| Unfit(format!("{path}: the document {name} {what}")))?;
        Ok(Endpoint { path, ask, operation })
    };
    let endpoints: Vec<Endpoint> = asked.map(endpoint).collect::<Result<_, _>>()?;
    unused(client, &endpoints)?;
    alike(&endpoints)?;
    Ok(endpoints)
}

/// Refuses what nothing would ever use: a document that no path has, a change of a field that no document selects.
fn unused(client: &Client, endpoints: &[Endpoint]) -> Result<(), Unfit> {
    let documents = client.sources.iter().flat_map(|source| source.documents);
    for document in documents {
        if !endpoints.iter().any(|one| one.operation.document.id == document.id) {
            return Err(Unfit(format!("no path has the document {}", document.operation)));
        }
    }
    let rows = || endpoints.iter().filter_map(|one| one.operation.row.as_ref());
    let bodies = || endpoints.iter().filter_map(|one| one.operation.body.as_ref());
    let written = |of: &str| bodies().any(|body| body.fields.iter().any(|one| is_or_has(one, &body.name, of)));
    let selected = |of: &str| rows().any(|row| has(row, of)) || written(of);
    match client.changes.iter().find(|change| !selected(change.of)) {
        Some(change) => Err(Unfit(format!("no document selects {}, which is changed", change.of))),
        None => Ok(()),
    }
}

/// Refuses two documents that select other fields of one type: clients know it by one name.
fn alike(endpoints: &[Endpoint]) -> Result<(), Unfit> {
    let mut seen: Vec<(&str, &Shape)> = Vec::new();
    for endpoint in endpoints {
        let (Some(name), Some(row)) = (endpoint.schema(), &endpoint.operation.row) else { continue };
        match seen.iter().find(|(known, _)| *known == name) {
            Some((_, known)) if known.fields != row.fields => {
                let document = endpoint.operation.document.operation;
                return Err(Unfit(format!(
                    "the document {document} selects other fields of {name} than one before it"
                )));
            }
            Some(_) => {}
            None => seen.push((name, row)),
        }
    }
    Ok(())
}

/// Whether a shape, or one within it, has the field `of`.
fn has(shape: &Shape, of: &str) -> bool {
    shape.fields.iter().any(|field| is_or_has(field, &shape.name, of))
}

/// Whether a field of the type `ty` is `of`, or has it within.
fn is_or_has(field: &Field, ty: &str, of: &str) -> bool {
    fn within(kind: &Kind, of: &str) -> bool {
        match kind {
            Kind::Object(shape) => has(shape, of),
            Kind::List(kind) => within(kind, of),
            _ => false,
        }
    }
    format!("{ty}.{}", field.graph) == of || within(&field.kind, of)
}
