//! Reading a document: held to the limits, parsed, weighed, checked, and its operations merged, in this order, each step
//! making safe the next.

use apollo_compiler::ast;
use apollo_compiler::parser::Parser;
use graph_host::rights::Rights;

use super::{Document, Types, document, refusal, rules, whole};
use crate::ceiling::{Cost, Limits, scan, structure};
use crate::request::Refused;

/// What the compiler calls the text of a request, which no client reads.
const NAME: &str = "document";

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
        let ast = Parser::new().parse_ast(text, NAME).map_err(|found| refusal::syntax(&found.errors))?;
        if ast.definitions.is_empty() {
            return Err(refusal::not_graphql("there is nothing in it", None));
        }
        if whole::tokens(&ast, text).is_some_and(|kept| kept != tokens) {
            return Err(refusal::not_graphql("a name in a list of arguments or in an object has no value", None));
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

    /// Holds it to the types of a graph, merges its operations, and looks up by `rights` whom they are for.
    ///
    /// # Errors
    /// What does not fit.
    pub(crate) fn check(self, types: &Types, rights: &Rights) -> Result<Document, Refused> {
        let typed =
            self.ast.to_executable_validate(&types.schema).map_err(|found| refusal::unfit(types, &found.errors))?;
        let faults = rules::check(types, &typed);
        if !faults.is_empty() {
            return Err(refusal::faulty(faults, &typed.sources));
        }
        let fixed = document::fixed(types, &typed).map_err(|why| refusal::unmerged(why, &typed.sources))?;
        Ok(Document::new(typed, self.structure, fixed, rights))
    }
}

fn operations(ast: &ast::Document) -> impl Iterator<Item = &ast::OperationDefinition> {
    ast.definitions.iter().filter_map(|definition| match definition {
        ast::Definition::OperationDefinition(operation) => Some(&**operation),
        _ => None,
    })
}
