//! What is counted of a graph: its operations, and where their documents came from.

use std::sync::Arc;
use std::time::Duration;

use graph_host::metrics::{ByLabel, Counter, Counters, Family, Histogram, Histograms};

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
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    /// It ran without an error.
    Done,
    /// It ran, and something in it went wrong.
    Failed,
    /// It was refused before it ran.
    Refused,
}

/// What stands for the operation of a request that was refused.
const REFUSED: &str = "-";

/// Counts the operations of one part. Each series is looked up once; cloning it shares them.
#[derive(Clone)]
pub(crate) struct OperationMeters {
    part: &'static str,
    operations: Arc<ByLabel<Arc<Operation>>>,
}

/// An operation, counted as its root field, which the schema has, whatever clients call the operation.
pub(crate) struct Operation {
    /// The root field, or `several`.
    pub(crate) name: &'static str,
    /// By the place of the outcome.
    outcomes: [Counter; 3],
    seconds: Histogram,
}

impl OperationMeters {
    pub(crate) fn new(part: &'static str) -> Self {
        let meters = Self { part, operations: Arc::default() };
        meters.refused();
        meters
    }

    /// The series of an operation with this only root field, which the schema has, or with several.
    pub(crate) fn of(&self, only_root: Option<&str>) -> Arc<Operation> {
        self.named(only_root.unwrap_or("several"))
    }

    /// The series of requests that were refused.
    pub(crate) fn refused(&self) -> Arc<Operation> {
        self.named(REFUSED)
    }

    fn named(&self, name: &str) -> Arc<Operation> {
        self.operations.get(name, |name| {
            let outcomes = ["ok", "failed", "refused"].map(|outcome| OPERATIONS.of([self.part, name, outcome]));
            Arc::new(Operation { name, outcomes, seconds: OPERATION_SECONDS.of([self.part, name]) })
        })
    }
}

impl Operation {
    /// Counts one that was answered.
    pub(crate) fn answered(&self, outcome: Outcome, took: Duration) {
        self.outcomes[outcome as usize].inc();
        self.seconds.observe(took.as_secs_f64());
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
