//! A schema twice over: one that checks documents and runs none, one that runs documents which were checked.

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{
    EmptySubscription, Executor, ObjectType, Request, Response, Schema, SchemaBuilder, ServerError, ValidationMode,
    Variables, async_trait,
};
use futures_util::FutureExt;
use std::pin::Pin;
use std::sync::Arc;

use crate::complete::Outputs;
use crate::variables::Inputs;

/// A schema, ready to check documents and to run them.
#[derive(Clone)]
pub(crate) struct Graph<E> {
    checks: E,
    runs: E,
    inputs: Arc<Inputs>,
    outputs: Arc<Outputs>,
}

impl<Q: ObjectType + 'static, M: ObjectType + 'static> Graph<Schema<Q, M, EmptySubscription>> {
    /// The schema that `builder` describes; without `explore` it keeps to itself what it is made of.
    pub(crate) fn new(builder: impl Fn() -> SchemaBuilder<Q, M, EmptySubscription>, explore: bool) -> Self {
        let builder = || match explore {
            true => builder(),
            false => builder().disable_introspection().disable_suggestions(),
        };
        let checks = builder().extension(StopBeforeRunning).finish();
        let sdl = checks.sdl();
        let (inputs, outputs) = (Arc::new(Inputs::of(&sdl)), Arc::new(Outputs::of(&sdl)));
        // Documents are checked by then; to check them again would take as long as to run them.
        Self { checks, runs: builder().validation_mode(ValidationMode::Fast).finish(), inputs, outputs }
    }
}

impl<E: Executor> Graph<E> {
    /// Holds a document to the schema; nothing of it is run.
    pub(crate) fn check(
        &self,
        document: &ExecutableDocument,
        operation: Option<&str>,
        variables: Variables,
    ) -> Result<(), Vec<ServerError>> {
        let checked = self.checks.execute(parsed_request(document, operation, variables)).now_or_never();
        let never = || vec![ServerError::new("The document could not be checked.", None)];
        match checked.ok_or_else(never)?.errors {
            errors if errors.is_empty() => Ok(()),
            errors => Err(errors),
        }
    }

    /// Holds a document of a manifest to the schema.
    pub(crate) fn check_alone(&self, document: &ExecutableDocument) -> Result<(), String> {
        let messages =
            |errors: Vec<ServerError>| errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ");
        self.check(document, None, Variables::default()).map_err(messages)
    }

    /// Holds the values of an operation's variables to their types (GraphQL specification, section 6.1.2).
    pub(crate) fn check_variables(
        &self,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> Result<(), ServerError> {
        self.inputs.check(&operation.variable_definitions, variables)
    }

    /// Completes the response to an operation of a document that was run.
    pub(crate) fn complete(
        &self,
        response: &mut Response,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
    ) {
        self.outputs.complete(response, document, operation);
    }

    /// Runs a document that was checked. The library's future is large, so it is in a box before others are made around it, which
    /// would copy it.
    pub(crate) fn run(&self, request: Request) -> Pin<Box<dyn Future<Output = Response> + Send + '_>> {
        Box::pin(self.runs.execute(request))
    }
}

/// A request to run a parsed document.
pub(crate) fn parsed_request(document: &ExecutableDocument, operation: Option<&str>, variables: Variables) -> Request {
    let mut request = Request::new("").variables(variables);
    request.operation_name = operation.map(str::to_owned);
    request.set_parsed_query(document.clone());
    request
}

/// Ends a request when it has been checked.
struct StopBeforeRunning;

impl ExtensionFactory for StopBeforeRunning {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for StopBeforeRunning {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}
