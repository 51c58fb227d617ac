//! Holds the documents of a client to the committed graphs, with apollo-compiler.
//!
//! A BFF's tests call [`documents`]. What no longer fits is named with the client, the file and the field.
//! [`released`] holds the graphs themselves to what the clients in use rely on.

pub mod bounds;
mod breaking;
pub mod released;
mod uses;
pub mod workspace;

pub mod openapi;

use std::collections::BTreeSet;
use std::path::Path;

use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use graph_documents::Document;

use crate::workspace::graph;

/// A document that fits its service's graph.
#[derive(Debug, PartialEq)]
pub struct Checked {
    /// The service that it is for.
    pub service: String,
    /// The name of its operation, which is also the file's.
    pub operation: String,
    /// Its text.
    pub text: String,
    /// What it selects, as `Type.field`.
    pub fields: BTreeSet<String>,
}

/// All documents of the client in `folder`, sorted by service and operation.
///
/// # Errors
/// All that is wrong with any of them, for people.
pub fn documents(client: &str, folder: &Path) -> Result<Vec<Checked>, String> {
    let (mut checked, mut faults) = (Vec::new(), Vec::new());
    for found in graph_documents::read(folder)? {
        let place = format!("{client}: {}/{}", found.service, found.operation);
        let schema = graph(&found.service).and_then(|sdl| schema(&found.service, &sdl));
        match schema.and_then(|schema| document(&schema, found)) {
            Ok(document) => checked.push(document),
            Err(fault) => faults.push(format!("{place}: {fault}")),
        }
    }
    if faults.is_empty() { Ok(checked) } else { Err(faults.join("\n")) }
}

/// The names of the operations in `text`, a document with several that are for `service`.
///
/// # Errors
/// What does not fit the graph of the service.
pub fn operations(service: &str, text: &str) -> Result<Vec<String>, String> {
    let schema = schema(service, &graph(service)?)?;
    let document = ExecutableDocument::parse_and_validate(&schema, text, "document")
        .map_err(|invalid| format!("does not fit the graph of {service}:\n{}", invalid.errors))?;
    Ok(document.operations.named.keys().map(ToString::to_string).collect())
}

/// What says whether a document fits the graph of `service` as a part of a supergraph, whose entity is `entity`, and if not,
/// why. What introspection has since 2025, which the compiler does not know, fits as well.
///
/// # Errors
/// When there is no such service.
pub fn validity(service: &str, entity: &str) -> Result<impl Fn(&str) -> Result<(), String>, String> {
    let sdl = graph(service)?;
    let federation = format!(
        "{sdl} scalar _Any union _Entity = {entity} type _Service {{ sdl: String! }} \
         extend type Query {{ _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }} \
         extend type __Type {{ isOneOf: Boolean }}"
    );
    let schema = schema(service, &federation)?;
    Ok(move |text: &str| {
        let checked = ExecutableDocument::parse_and_validate(&schema, text, "document");
        checked.map(drop).map_err(|invalid| invalid.errors.to_string())
    })
}

/// The fields of all objects and interfaces of a graph, such as `Plant.name`.
///
/// # Errors
/// What is wrong with the graph.
pub fn fields(service: &str, sdl: &str) -> Result<BTreeSet<String>, String> {
    let schema = schema(service, sdl)?;
    let types = schema.types.iter().filter(|(name, _)| !name.starts_with("__"));
    let fields = types.flat_map(|(name, ty)| {
        let fields: Vec<_> = match ty {
            ExtendedType::Object(object) => object.fields.keys().collect(),
            ExtendedType::Interface(interface) => interface.fields.keys().collect(),
            _ => Vec::new(),
        };
        fields.into_iter().map(move |field| format!("{name}.{field}"))
    });
    Ok(fields.collect())
}

/// A graph, parsed and validated.
///
/// # Errors
/// What is wrong with it.
pub fn schema(service: &str, sdl: &str) -> Result<Valid<Schema>, String> {
    let file = format!("graph/sdl/{service}.graphql");
    Schema::parse_and_validate(sdl, &file).map_err(|invalid| invalid.errors.to_string())
}

fn document(schema: &Valid<Schema>, found: Document) -> Result<Checked, String> {
    let Document { service, operation: name, text, .. } = found;
    let document = ExecutableDocument::parse_and_validate(schema, &text, &name)
        .map_err(|invalid| format!("does not fit the graph of {service}:\n{}", invalid.errors))?;
    let mut operations = document.operations.iter();
    let (Some(operation), None) = (operations.next(), operations.next()) else {
        return Err("must have one operation".to_owned());
    };
    if operation.name.as_ref().is_none_or(|found| found.as_str() != name) {
        return Err(format!("its operation must be called {name}, as the file is"));
    }
    let mut fields = BTreeSet::new();
    collect(&document, &operation.selection_set, &mut fields);
    Ok(Checked { service, operation: name, text, fields })
}

/// Notes all fields of a selection, as `Type.field`.
fn collect(document: &ExecutableDocument, selected: &SelectionSet, fields: &mut BTreeSet<String>) {
    for selection in &selected.selections {
        match selection {
            Selection::Field(field) => {
                fields.insert(format!("{}.{}", selected.ty, field.name));
                collect(document, &field.selection_set, fields);
            }
            Selection::InlineFragment(fragment) => collect(document, &fragment.selection_set, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = spread.fragment_def(document) {
                    collect(document, &fragment.selection_set, fields);
                }
            }
        }
    }
}
