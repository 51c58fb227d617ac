//! Rules of validation that the compiler leaves unchecked: of variables within lists and objects, of fields of an
//! object that are given twice (GraphQL specification, sections 5.6.3 and 5.8.5), and our own, that introspection can be off.

use std::collections::HashSet;

use apollo_compiler::ast::{DirectiveList, Type, Value, VariableDefinition};
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::Types;

/// What is wrong in a document, and where.
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) place: Option<SourceSpan>,
}

/// All that is wrong with a document that passed the compiler's rules.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations.iter() {
        let variables = &operation.variables;
        let mut rules = Rules { types, document, variables, spread: HashSet::new(), faults };
        for variable in variables {
            if let Some(default) = &variable.default_value {
                rules.value(default, &variable.ty, false);
            }
            rules.directives(&variable.directives);
        }
        rules.directives(&operation.directives);
        rules.selection_set(&operation.selection_set);
        faults = rules.faults;
    }
    faults
}

/// One operation that is being checked.
struct Rules<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    variables: &'a [Node<VariableDefinition>],
    spread: HashSet<&'a str>,
    faults: Vec<Fault>,
}

impl<'a> Rules<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => self.field(field),
                Selection::InlineFragment(inline) => self.selection_set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|_| self.spread.insert(spread.fragment_name.as_str())) {
                        self.directives(&fragment.directives);
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'a Node<Field>) {
        if !self.types.explore && matches!(field.name.as_str(), "__schema" | "__type") {
            let message = format!("introspection is off, so `{}` cannot be asked for", field.name);
            self.faults.push(Fault { message, place: field.location() });
        }
        for argument in &field.arguments {
            if let Some(defined) = field.definition.argument_by_name(&argument.name) {
                self.value(&argument.value, &defined.ty, defined.default_value.is_some());
            }
        }
        self.selection_set(&field.selection_set);
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            let Some(definition) = self.types.schema.directive_definitions.get(&directive.name) else { continue };
            for argument in &directive.arguments {
                if let Some(defined) = definition.argument_by_name(&argument.name) {
                    self.value(&argument.value, &defined.ty, defined.default_value.is_some());
                }
            }
        }
    }

    /// Holds a value to its type, as far as variables and the names in objects go.
    fn value(&mut self, value: &Node<Value>, ty: &Type, has_default: bool) {
        match &**value {
            Value::Variable(name) => self.variable(name, ty, has_default, value.location()),
            Value::List(items) => items.iter().for_each(|item| self.value(item, ty.item_type(), false)),
            Value::Object(fields) => self.object(fields, ty),
            _ => {}
        }
    }

    fn object(&mut self, fields: &[(Name, Node<Value>)], ty: &Type) {
        let types = self.types;
        let defined = match types.input(ty.inner_named_type()) {
            Some(ExtendedType::InputObject(object)) => Some(object),
            _ => None,
        };
        let mut names = HashSet::new();
        for (name, value) in fields {
            if !names.insert(name.as_str()) {
                let message = format!("the field `{name}` is given twice in one object");
                self.faults.push(Fault { message, place: name.location() });
            }
            if let Some(field) = defined.and_then(|object| object.fields.get(name)) {
                self.value(value, &field.ty, field.default_value.is_some());
            }
        }
    }

    fn variable(&mut self, name: &Name, ty: &Type, has_default: bool, place: Option<SourceSpan>) {
        let Some(variable) = self.variables.iter().find(|variable| variable.name == *name) else { return };
        if !is_allowed(variable, ty, has_default) {
            let message = format!("the variable `${name}` is a `{}`; here it must be a `{ty}`", variable.ty);
            self.faults.push(Fault { message, place });
        }
    }
}

/// Whether a variable may stand where a value of type `ty` is expected (GraphQL specification,
/// `IsVariableUsageAllowed`).
fn is_allowed(variable: &VariableDefinition, ty: &Type, has_default: bool) -> bool {
    if !ty.is_non_null() || variable.ty.is_non_null() {
        return variable.ty.is_assignable_to(ty);
    }
    let is_never_null = variable.default_value.as_ref().is_some_and(|default| !default.is_null());
    (is_never_null || has_default) && variable.ty.is_assignable_to(&ty.clone().nullable())
}
