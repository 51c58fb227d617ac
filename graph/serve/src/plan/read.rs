//! Reading a document: held to the limits, parsed, weighed, checked, and its operations merged, in this order, each step
//! making safe the next.

use apollo_compiler::ast;
use apollo_compiler::parser::{LineColumn, Parser, SourceMap, SourceSpan};
use apollo_compiler::validation::DiagnosticList;
use async_graphql::{Pos, ServerError};

use super::merge::Unmerged;
use super::{Document, Types, document, rules};
use crate::ceiling::{Limits, scan, structure};
use crate::errors::{Code, ERRORS_MAX};
use crate::request::Refused;

/// What the compiler calls the text of a request, which no client reads.
const NAME: &str = "document";
/// How many characters of a complaint a client reads.
const COMPLAINT_MAX: usize = 300;

/// Reads a document.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(text: &str, types: &Types, limits: &Limits) -> Result<Document, Refused> {
    scan(text, limits)?;
    let parsed = Parser::new().parse_ast(text, NAME).map_err(|found| syntax(&found.errors))?;
    if !parsed.definitions.iter().any(|one| matches!(one, ast::Definition::OperationDefinition(_))) {
        return Err(not_graphql("it has no operation", None));
    }
    let structure = structure::weigh(&parsed, limits)?;
    structure.check(limits)?;
    let typed = parsed.to_executable_validate(&types.schema).map_err(|found| unfit(&found.errors))?;
    let faults = rules::check(types, &typed);
    if !faults.is_empty() {
        let errors = faults.into_iter().take(ERRORS_MAX);
        let errors = errors.map(|fault| invalid(&fault.message, line_and_column(fault.place, &typed.sources)));
        return Err(Refused::from(errors.collect::<Vec<_>>()));
    }
    let fixed = document::fixed(types, &typed).map_err(|why| unmerged(why, &typed.sources))?;
    Ok(Document::new(typed, structure, fixed))
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

/// The refusal of a document that does not fit the graph.
fn unfit(errors: &DiagnosticList) -> Refused {
    let all = errors.iter().take(ERRORS_MAX);
    let all = all.map(|one| invalid(&one.error.to_string(), one.line_column_range().map(|range| range.start)));
    Refused::from(all.collect::<Vec<_>>())
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
    let mut lines: String = what.chars().map(|c| if c.is_control() { ' ' } else { c }).take(COMPLAINT_MAX).collect();
    lines.truncate(lines.trim_end_matches('.').len());
    lines
}
