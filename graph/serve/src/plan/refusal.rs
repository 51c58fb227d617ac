//! What somebody reads whose document is refused.

use std::collections::HashSet;

use apollo_compiler::parser::{LineColumn, SourceMap, SourceSpan};
use apollo_compiler::validation::DiagnosticList;
use async_graphql::{Pos, ServerError};

use super::merge::Unmerged;
use super::rules::Fault;
use super::{Types, suggest};
use crate::errors::{Code, ERRORS_MAX};
use crate::request::Refused;

/// How many characters of a complaint a client reads.
const COMPLAINT_MAX: usize = 300;

/// The refusal of a text that is not GraphQL: of what comes first.
pub(super) fn syntax(errors: &DiagnosticList) -> Refused {
    let Some(first) = errors.iter().next() else { return not_graphql("it cannot be read", None) };
    let message = first.error.to_string();
    let what = message.strip_prefix("syntax error: ").unwrap_or(&message);
    not_graphql(what, first.line_column_range().map(|range| range.start))
}

/// The refusal of a text that is not GraphQL.
pub(super) fn not_graphql(what: &str, place: Option<LineColumn>) -> Refused {
    let mut error = error(&format!("The document is not GraphQL: {}", sentence(what)), place);
    Code::ParseFailed.mark(&mut error);
    Refused::from(error)
}

/// What the compiler says of an object of which nothing is selected, also when what was selected is not there.
const NO_SELECTION: &str = "interface, union and object types must have a subselection set";

/// The refusal of a document that does not fit the graph.
pub(super) fn unfit(types: &Types, errors: &DiagnosticList) -> Refused {
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

/// The refusal of a document that breaks our own rules.
pub(super) fn faulty(faults: Vec<Fault>, sources: &SourceMap) -> Refused {
    all_of(faults.into_iter().map(|fault| invalid(&fault.message, line_and_column(fault.place, sources))))
}

/// The refusal of a document that cannot be merged.
pub(super) fn unmerged(why: Unmerged, sources: &SourceMap) -> ServerError {
    match why {
        Unmerged::Keys(exceeded) => exceeded.into(),
        Unmerged::Null { variable } => {
            invalid(&format!("the variable `${variable}` is null, where @skip and @include need true or false"), None)
        }
        Unmerged::Arguments { key, place } => {
            let message = format!("fields that share the name `{key}` must have the same arguments");
            invalid(&message, line_and_column(place, sources))
        }
    }
}

fn line_and_column(place: Option<SourceSpan>, sources: &SourceMap) -> Option<LineColumn> {
    place.and_then(|place| place.line_column(sources))
}

fn invalid(what: &str, place: Option<LineColumn>) -> ServerError {
    let mut error = error(&format!("The document does not fit the graph: {}", sentence(what)), place);
    Code::ValidationFailed.mark(&mut error);
    error
}

fn error(message: &str, place: Option<LineColumn>) -> ServerError {
    ServerError::new(message, place.map(|place| Pos { line: place.line, column: place.column }))
}

/// The end of a sentence, in one line and not too long.
fn sentence(what: &str) -> String {
    let one: String = what.chars().map(|c| if c.is_control() { ' ' } else { c }).take(COMPLAINT_MAX).collect();
    if one.ends_with('?') { one } else { format!("{}.", one.trim_end_matches('.')) }
}
