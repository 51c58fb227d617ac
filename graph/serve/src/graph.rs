//! A schema that runs documents which were read, checked and merged, and the types that they are read against.

use std::pin::Pin;
use std::sync::Arc;

use async_graphql::{
    EmptySubscription, Executor, ObjectType, Request, Response, Schema, SchemaBuilder, ValidationMode,
};

use crate::plan::Types;

/// A schema, ready to run operations.
#[derive(Clone)]
pub(crate) struct Graph<E> {
    runs: E,
    pub(crate) types: Arc<Types>,
}

impl<Q: ObjectType + 'static, M: ObjectType + 'static> Graph<Schema<Q, M, EmptySubscription>> {
    /// The schema that `builder` describes; without `explore` it keeps to itself what it is made of.
    ///
    /// # Errors
    /// What is wrong with the schema.
    pub(crate) fn try_new(builder: SchemaBuilder<Q, M, EmptySubscription>, explore: bool) -> Result<Self, String> {
        // Documents are checked when they are read; to check them again would take as long as to run them.
        let runs = builder.validation_mode(ValidationMode::Fast).finish();
        let types = Types::try_new(&runs.sdl(), explore)?;
        Ok(Self { runs, types: Arc::new(types) })
    }
}

impl<E: Executor> Graph<E> {
    /// Runs a merged operation. The library's future is large, so it is in a box before others are made around it, which
    /// would copy it.
    pub(crate) fn run(&self, request: Request) -> Pin<Box<dyn Future<Output = Response> + Send + '_>> {
        Box::pin(self.runs.execute(request))
    }
}
