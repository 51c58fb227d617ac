//! Reading a document: held to the limits, parsed, weighed, checked, and its operations merged, in this order, each step
//! making safe the next.

use std::collections::HashSet;

use apollo_compiler::ast;
use apollo_compiler::parser::{LineColumn, Parser, SourceMap, SourceSpan};
use apollo_compiler::validation::DiagnosticList;
use async_graphql::{Pos, ServerError};

use super::merge::Unmerged;
use super::{Document, Types, document, rules, suggest, whole};
use crate::ceiling::{Cost, Limits, scan, structure};
use crate::errors::{Code, ERRORS_MAX};
use crate::request::Refused;

/// What the compiler calls the text of a request, which no client reads.
const NAME: &str = "document";
/// How many characters of a complaint a client reads.
const COMPLAINT_MAX: usize = 300;

/// A text that is GraphQL, and within the limits of its structure.
pub(crate) struct Parsed {
    ast: ast::Document,
    structure: Cost,
}

impl Parsed {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(text: &str, limits: &Limits) -> Result<Self, Refused> {
        let tokens = scan(text, limits)?;
        let ast = Parser::new().parse_ast(text, NAME).map_err(|found| syntax(&found.errors))?;
        if ast.definitions.is_empty() {
            return Err(not_graphql("there is nothing in it", None));
        }
        if whole::tokens(&ast, text).is_some_and(|kept| kept != tokens) {
            return Err(not_graphql("a name in a list of arguments or in an object has no value", None));
        }
        let structure = structure::weigh(&ast, limits)?;
        structure.check(limits)?;
        Ok(Self { ast, structure })
    }

    /// Whether it asks for the schema alone.
    pub(crate) fn only_explores(&self) -> bool {
        operations(&self.ast).flat_map(|operation| &operation.selection_set).all(|selection| match selection {
            ast::Selection::Field(field) => field.name.starts_with("__"),
            _ => false,
        })
    }

    /// Holds it to the types of a graph, and merges its operations.
    ///
    /// # Errors
    /// What does not fit.
    pub(crate) fn check(self, types: &Types) -> Result<Document, Refused> {
        let typed = self.ast.to_executable_validate(&types.schema).map_err(|found| unfit(types, &found.errors))?;
        let faults = rules::check(types, &typed);
        if !faults.is_empty() {
            let place = |place| line_and_column(place, &typed.sources);
            return Err(all_of(faults.into_iter().map(|fault| invalid(&fault.message, place(fault.place)))));
        }
        let fixed = document::fixed(types, &typed).map_err(|why| unmerged(why, &typed.sources))?;
        Ok(Document::new(typed, self.structure, fixed))
    }
}

fn operations(ast: &ast::Document) -> impl Iterator<Item = &ast::OperationDefinition> {
    ast.definitions.iter().filter_map(|definition| match definition {
        ast::Definition::OperationDefinition(operation) => Some(&**operation),
        _ => None,
    })
}

/// The refusal of a text that is not GraphQL: of what comes first.
fn syntax(errors: &DiagnosticList) -> Refused {
    let Some(first) = errors.iter().next() else { return not_graphql("it cannot be read", None) };
    let message = first.error.to_string();
    let what = message.strip_prefix("syntax error: ").unwrap_or(&message);
    not_graphql(what, first.line_column_range().map(|range| range.start))
}

fn not_graphql(what: &str, place: Option<LineColumn>) -> Refused {
    let mut error = error(&format!("The document is not GraphQL: {}.", short(what)), place);
    Code::ParseFailed.mark(&mut error);
    Refused::from(error)
}

/// What the compiler says of an object of which nothing is selected, also when what was selected is not there.
const NO_SELECTION: &str = "interface, union and object types must have a subselection set";

/// The refusal of a document that does not fit the graph.
fn unfit(types: &Types, errors: &DiagnosticList) -> Refused {
    let all: Vec<_> = errors.iter().map(|one| (one.error.to_string(), one.line_column_range())).collect();
    let is_missed = all.iter().any(|(message, _)| message.contains("does not have a field"));
    let told = all.into_iter().filter(|(message, _)| !(is_missed && message == NO_SELECTION));
    all_of(told.map(|(message, range)| {
        let meant = suggest::field(types, &message).unwrap_or_default();
        invalid(&format!("{message}{meant}"), range.map(|range| range.start))
    }))
}

/// Errors of which each says something else: a fault that is there a hundred times is told once.
fn all_of(errors: impl Iterator<Item = ServerError>) -> Refused {
    let mut told = HashSet::new();
    Refused::from(errors.filter(|error| told.insert(error.message.clone())).take(ERRORS_MAX).collect::<Vec<_>>())
}

fn unmerged(why: Unmerged, sources: &SourceMap) -> Refused {
    match why {
        Unmerged::Keys(exceeded) => Refused::from(exceeded),
        Unmerged::Arguments { key, place } => {
            let message = format!("fields that share the name `{key}` must have the same arguments");
            Refused::from(invalid(&message, line_and_column(place, sources)))
        }
    }
}

fn line_and_column(place: Option<SourceSpan>, sources: &SourceMap) -> Option<LineColumn> {
    place.and_then(|place| place.line_column(sources))
}

fn invalid(what: &str, place: Option<LineColumn>) -> ServerError {
    let mut error = error(&format!("The document does not fit the graph: {}.", short(what)), place);
    Code::ValidationFailed.mark(&mut error);
    error
}

fn error(message: &str, place: Option<LineColumn>) -> ServerError {
    ServerError::new(message, place.map(|place| Pos { line: place.line, column: place.column }))
}

fn short(what: &str) -> String {
    let mut one: String = what.chars().map(|c| if c.is_control() { ' ' } else { c }).take(COMPLAINT_MAX).collect();
    one.truncate(one.trim_end_matches('.').len());
    one
}
