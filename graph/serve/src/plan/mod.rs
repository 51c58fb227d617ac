//! What a document selects: read, checked and merged once.
//!
//! Everything that has to know what is selected knows it from a [`Plan`]: the columns that are read, the rows that are
//! written, the cost, and the completion of the answer. In it each selection has each response key once, in the order
//! of the document, with all that is selected under it; there are no fragments and no directives any more (GraphQL
//! specification, `CollectFields` and `MergeSelectionSets`).

mod complete;
mod document;
mod lower;
mod merge;
mod read;
mod rules;
mod types;

use apollo_compiler::Name as TypeName;
use apollo_compiler::ast::Type;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, Request, Variables};

pub(crate) use document::Document;
pub(crate) use lower::constant;
pub(crate) use read::read;
pub(crate) use types::Types;

/// The response key under which an object says what it is, where a document does not ask for that itself. No document
/// can, since this is no name.
pub(crate) const TYPE: &str = " type";

/// What an operation selects, merged.
pub(crate) struct Plan {
    /// The same for the library that runs it. Places are offsets into the text, to be made lines and columns of when
    /// an error needs them.
    lowered: ExecutableDocument,
    root: Selected,
}

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
    /// The operation as the library runs it.
    pub(crate) fn operation(&self) -> Option<&OperationDefinition> {
        match &self.lowered.operations {
            DocumentOperations::Single(operation) => Some(&operation.node),
            DocumentOperations::Multiple(_) => None,
        }
    }

    /// The name of the field at its root, when there is only one.
    pub(crate) fn only_root(&self) -> Option<&str> {
        match &self.operation()?.selection_set.node.items[..] {
            [only] => match &only.node {
                Selection::Field(field) => Some(&field.node.name.node),
                _ => None,
            },
            _ => None,
        }
    }

    /// A request to run it with these variables, defaults included.
    pub(crate) fn request(&self, variables: Variables) -> Request {
        let mut request = Request::new("").variables(variables);
        request.set_parsed_query(self.lowered.clone());
        request
    }

    /// Whether it must not be sent by GET.
    pub(crate) fn changes_data(&self) -> bool {
        self.operation().is_some_and(|operation| operation.ty != OperationType::Query)
    }
}
