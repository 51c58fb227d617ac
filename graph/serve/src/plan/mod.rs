//! What a document selects: read, checked and merged once.
//!
//! Everything that has to know what is selected knows it from a [`Plan`]: the columns that are read, the rows that are
//! written, the cost, and the completion of the answer. In it each selection has each response key once, in the order
//! of the document, with all that is selected under it; there are no fragments and no directives any more (GraphQL
//! specification, `CollectFields` and `MergeSelectionSets`).

mod chosen;
mod complete;
mod document;
mod lower;
mod merge;
mod needs;
mod read;
mod refusal;
mod rules;
mod suggest;
#[cfg(test)]
mod tests;
mod types;
mod whole;

use std::collections::HashMap;

use apollo_compiler::Name as TypeName;
use apollo_compiler::ast::Type;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Request, Response, Value, Variables};

use crate::ceiling::{Cost, Limits, scales};

pub(crate) use document::Document;
pub(crate) use lower::constant;
pub(crate) use read::Parsed;
pub(crate) use types::Types;

/// What an operation selects, merged.
pub(crate) struct Plan {
    /// The same for the library that runs it: a query as a whole, a mutation field by field, since what comes after a
    /// field that failed may not run (GraphQL specification, section 6.2.2). Places are offsets into the text, to be made
    /// lines and columns of when an error needs them.
    steps: Vec<Step>,
    root: Selected,
    /// How many response keys it has, those of each object that can be in a place.
    keys: u64,
}

/// A part of an operation that is run before the next one begins.
struct Step(ExecutableDocument);

/// What is selected in one place, for each of the objects that can be there. Nothing, where a leaf is.
#[derive(Debug, Default, PartialEq)]
struct Selected(Vec<Member>);

/// What is selected on an object.
#[derive(Debug, PartialEq)]
struct Member {
    object: TypeName,
    keys: Vec<Key>,
}

/// A response key, and what is under it.
#[derive(Debug, PartialEq)]
struct Key {
    name: Name,
    ty: Type,
    below: Selected,
}

impl Plan {
    /// A plan of what is selected at the root.
    fn new(operation: OperationDefinition, root: Selected, keys: u64) -> Self {
        let items = &operation.selection_set.node.items;
        let steps = match operation.ty {
            OperationType::Mutation if items.len() > 1 => {
                let alone = |item: &Positioned<Selection>| {
                    let items = vec![item.clone()];
                    let selection_set = Positioned::new(SelectionSet { items }, operation.selection_set.pos);
                    Step::new(OperationDefinition { selection_set, ..operation.clone() })
                };
                items.iter().map(alone).collect()
            }
            _ => vec![Step::new(operation)],
        };
        Self { steps, root, keys }
    }

    /// What it leads to with these variables, defaults included.
    pub(crate) fn weigh(&self, variables: &Variables, limits: &Limits) -> Cost {
        let operations = self.steps.iter().filter_map(Step::operation);
        scales::weigh(operations, variables, limits)
    }

    /// The name of the field at its root, when there is only one.
    pub(crate) fn only_root(&self) -> Option<&str> {
        match (&self.steps[..], &self.steps.first()?.operation()?.selection_set.node.items[..]) {
            ([_], [only]) => match &only.node {
                Selection::Field(field) => Some(&field.node.name.node),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it must not be sent by GET.
    pub(crate) fn changes_data(&self) -> bool {
        let operation = self.steps.first().and_then(Step::operation);
        operation.is_some_and(|operation| operation.ty != OperationType::Query)
    }

    /// The requests that run it with these variables, defaults included, one after the other.
    pub(crate) fn requests(&self, mut variables: Variables) -> impl Iterator<Item = Request> {
        let last = self.steps.len().saturating_sub(1);
        self.steps.iter().enumerate().map(move |(nth, step)| {
            step.request(if nth == last { std::mem::take(&mut variables) } else { variables.clone() })
        })
    }
}

/// The response to one part of an operation and the next.
pub(crate) fn joined(mut one: Response, next: Response) -> Response {
    match (&mut one.data, next.data) {
        (Value::Object(fields), Value::Object(more)) => fields.extend(more),
        (data, other) => *data = other,
    }
    one.errors.extend(next.errors);
    one
}

impl Step {
    fn new(operation: OperationDefinition) -> Self {
        let operations = DocumentOperations::Single(Positioned::new(operation, Pos::default()));
        Self(ExecutableDocument { operations, fragments: HashMap::new() })
    }

    fn operation(&self) -> Option<&OperationDefinition> {
        match &self.0.operations {
            DocumentOperations::Single(operation) => Some(&operation.node),
            DocumentOperations::Multiple(_) => None,
        }
    }

    fn request(&self, variables: Variables) -> Request {
        let mut request = Request::new("").variables(variables);
        request.set_parsed_query(self.0.clone());
        request
    }
}
