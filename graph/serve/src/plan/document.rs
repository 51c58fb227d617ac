//! A document that was read and checked, and its operations.

use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::ast::VariableDefinition;
use apollo_compiler::executable::{self, ExecutableDocument};
use apollo_compiler::validation::Valid;
use async_graphql::parser::types as library;
use async_graphql::{Pos, Positioned, ServerError, Variables};
use graph_host::identity::Roles;
use graph_host::rights::Rights;

use super::chosen::Chosen;
use super::merge::{Merging, Unmerged};
use super::needs::Needs;
use super::refusal::unmerged;
use super::{Plan, Types, lower};
use crate::ceiling::Cost;
use crate::errors::Code;
use crate::request::Refused;

/// A document that was read and checked.
pub(crate) struct Document {
    typed: Valid<ExecutableDocument>,
    /// What it costs whatever its variables are.
    pub(crate) structure: Cost,
    /// For each operation, in their order: what it selects, where that does not depend on variables.
    fixed: Vec<Option<Arc<Plan>>>,
    /// For each operation, in their order: what somebody must be to run it.
    needs: Vec<Needs>,
}

/// One operation of a document.
pub(crate) struct Operation<'a> {
    document: &'a Document,
    operation: &'a Node<executable::Operation>,
    fixed: Option<&'a Arc<Plan>>,
    needs: &'a Needs,
}

impl Document {
    pub(super) fn new(
        typed: Valid<ExecutableDocument>,
        structure: Cost,
        fixed: Vec<Option<Arc<Plan>>>,
        rights: &Rights,
    ) -> Self {
        let needs = typed.operations.iter().map(|operation| Needs::of(&typed, operation, rights)).collect();
        Self { typed, structure, fixed, needs }
    }

    /// The operation of this name, or the only one.
    ///
    /// # Errors
    /// When there is none, or there are several and no name says which.
    pub(crate) fn operation(&self, name: Option<&str>) -> Result<Operation<'_>, ServerError> {
        let mut all = self.typed.operations.iter().zip(self.fixed.iter().zip(&self.needs));
        let found = match name {
            Some(name) => all.find(|(operation, _)| operation.name.as_ref().is_some_and(|found| found == name)),
            None => all.next().filter(|_| self.fixed.len() == 1),
        };
        let refused = || {
            let message = match name {
                Some(name) => {
                    let name: String = name.chars().take(40).collect();
                    format!("The document has no operation {name:?}.")
                }
                None => {
                    "The document has several operations; \"operationName\" must say which one is meant.".to_owned()
                }
            };
            let mut error = ServerError::new(message, None);
            Code::ValidationFailed.mark(&mut error);
            error
        };
        let (operation, (fixed, needs)) = found.ok_or_else(refused)?;
        Ok(Operation { document: self, operation, fixed: fixed.as_ref(), needs })
    }

    /// How many response keys its plans keep: a fragment has them again wherever it is spread.
    pub(crate) fn keys(&self) -> u64 {
        self.fixed.iter().flatten().map(|plan| plan.keys).sum()
    }

    /// Gives the places in errors, which are offsets into the text, their lines and columns.
    pub(crate) fn place(&self, errors: &mut [ServerError]) {
        let offsets = errors.iter_mut().flat_map(|error| &mut error.locations).filter(|place| place.line == 0);
        for place in offsets {
            *place = self.line_and_column(place.column);
        }
    }

    fn line_and_column(&self, offset: usize) -> Pos {
        let found = self.typed.sources.values().find_map(|source| source.get_line_column(offset));
        found.map_or_else(Pos::default, |found| Pos { line: found.line, column: found.column })
    }
}

impl Operation<'_> {
    /// Holds somebody with these roles to what it needs.
    ///
    /// # Errors
    /// The first field that is not for them.
    pub(crate) fn allow(&self, roles: Roles) -> Result<(), Refused> {
        match self.needs.refuse(roles) {
            None => Ok(()),
            Some(field) => Err(Refused::not_allowed(field)),
        }
    }

    /// The variables that it defines.
    pub(crate) fn variables(&self) -> &[Node<VariableDefinition>] {
        &self.operation.variables
    }

    /// What it selects with these variables, defaults included.
    ///
    /// # Errors
    /// When that is more than can be, or depends on null.
    pub(crate) fn plan(&self, types: &Types, variables: &Variables) -> Result<Arc<Plan>, ServerError> {
        let document = &self.document.typed;
        match self.fixed {
            Some(plan) => Ok(Arc::clone(plan)),
            None => plan(types, document, self.operation, Chosen::With(variables))
                .map(|(plan, _)| Arc::new(plan))
                .map_err(|why| unmerged(why, &document.sources)),
        }
    }
}

/// What each operation selects, where that does not depend on its variables. All of it is merged in any case, also what no
/// variables would leave.
pub(super) fn fixed(types: &Types, document: &ExecutableDocument) -> Result<Vec<Option<Arc<Plan>>>, Unmerged> {
    let one = |operation| {
        let (all, met) = plan(types, document, operation, Chosen::All)?;
        Ok(match met {
            Met { by_variables: true, .. } => None,
            Met { has_conditions: false, .. } => Some(Arc::new(all)),
            _ => Some(Arc::new(plan(types, document, operation, Chosen::With(&Variables::default()))?.0)),
        })
    };
    document.operations.iter().map(one).collect()
}

/// What was met in an operation.
struct Met {
    has_conditions: bool,
    by_variables: bool,
}

fn plan<'a>(
    types: &'a Types,
    document: &'a ExecutableDocument,
    operation: &'a Node<executable::Operation>,
    chosen: Chosen<'a>,
) -> Result<(Plan, Met), Unmerged> {
    let mut merging =
        Merging { types, document, chosen, keys: 0, has_conditions: false, by_variables: false, null: None };
    let set = &operation.selection_set;
    let (root, selection_set) = merging.merge(&set.ty, &[set])?;
    if let Some(variable) = merging.null {
        return Err(Unmerged::Null { variable: variable.to_owned() });
    }
    let met = Met { has_conditions: merging.has_conditions, by_variables: merging.by_variables };
    let ty = match operation.operation_type {
        executable::OperationType::Query => library::OperationType::Query,
        executable::OperationType::Mutation => library::OperationType::Mutation,
        executable::OperationType::Subscription => library::OperationType::Subscription,
    };
    let definition = library::OperationDefinition {
        ty,
        variable_definitions: operation.variables.iter().map(|variable| lower::variable(variable)).collect(),
        directives: Vec::new(),
        selection_set: Positioned::new(selection_set, lower::place(operation)),
    };
    Ok((Plan::new(definition, root, merging.keys), met))
}
