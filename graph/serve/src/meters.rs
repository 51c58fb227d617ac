//! What is counted of a graph: its operations, and where their documents came from.

use std::time::Duration;

use async_graphql::parser::types::{OperationDefinition, Selection};
use graph_host::metrics::{Counter, Counters, Family, Histograms, label};

static OPERATIONS: Counters<3> = Family::counters(
    "bookstore_graphql_operations",
    "GraphQL operations, by their root field and by what came of them",
    ["part", "operation", "outcome"],
);
static OPERATION_SECONDS: Histograms<2> = Family::seconds(
    "bookstore_graphql_operation_duration_seconds",
    "Time from a GraphQL request that was read to its answer",
    ["part", "operation"],
);
static DOCUMENTS: Counters<2> = Family::counters(
    "bookstore_graphql_documents",
    "Documents asked for: by id, as a text that was remembered, or as one that had to be read",
    ["part", "found"],
);

/// What came of an operation.
pub(crate) enum Outcome {
    /// It ran without an error.
    Done,
    /// It ran, and something in it went wrong.
    Failed,
    /// It was refused before it ran.
    Refused,
}

/// Counts the operations of one part.
#[derive(Clone, Copy)]
pub(crate) struct OperationMeters {
    part: &'static str,
}

impl OperationMeters {
    pub(crate) fn new(part: &'static str) -> Self {
        OPERATIONS.of([part, REFUSED, "refused"]);
        Self { part }
    }

    /// Counts an operation that was answered; `operation` is what [`name`] calls it.
    pub(crate) fn answered(self, operation: &'static str, outcome: Outcome, took: Duration) {
        let outcome = match outcome {
            Outcome::Done => "ok",
            Outcome::Failed => "failed",
            Outcome::Refused => "refused",
        };
        OPERATIONS.of([self.part, operation, outcome]).inc();
        OPERATION_SECONDS.of([self.part, operation]).observe(took.as_secs_f64());
    }
}

/// What stands for the operation of a request that was refused.
pub(crate) const REFUSED: &str = "-";

/// What an operation is counted as: its root field, which the schema has, whatever clients call the operation.
pub(crate) fn name(operation: Option<&OperationDefinition>) -> &'static str {
    match operation.map(|operation| &operation.selection_set.node.items[..]) {
        Some([only]) => match &only.node {
            Selection::Field(field) => label(&field.node.name.node),
            _ => "several",
        },
        Some(_) => "several",
        None => REFUSED,
    }
}

/// The series of where documents came from.
pub(crate) struct DocumentMeters {
    pub(crate) by_id: Counter,
    pub(crate) remembered: Counter,
    pub(crate) read: Counter,
}

impl DocumentMeters {
    pub(crate) fn new(part: &'static str) -> Self {
        let [by_id, remembered, read] = ["by_id", "remembered", "read"].map(|found| DOCUMENTS.of([part, found]));
        Self { by_id, remembered, read }
    }
}
