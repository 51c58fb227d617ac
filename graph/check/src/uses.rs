//! What a document relies on in a graph, as schema coordinates.

use std::collections::BTreeSet;

use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Schema};

/// The types, fields, arguments, input fields and enum values that `document` relies on: `Plant`, `Plant.name`,
/// `Query.plant(id:)`. It may send any field of an input type that it has a variable of.
pub fn uses(schema: &Schema, document: &ExecutableDocument) -> BTreeSet<String> {
    let mut uses = Uses { schema, found: BTreeSet::new() };
    for operation in document.operations.iter() {
        uses.selection_set(&operation.selection_set);
        operation.variables.iter().for_each(|variable| uses.input(variable.ty.inner_named_type().as_str()));
    }
    document.fragments.values().for_each(|fragment| uses.selection_set(&fragment.selection_set));
    uses.found
}

struct Uses<'a> {
    schema: &'a Schema,
    found: BTreeSet<String>,
}

impl Uses<'_> {
    fn selection_set(&mut self, set: &SelectionSet) {
        self.found.insert(set.ty.to_string());
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.field(set.ty.as_str(), field),
                Selection::InlineFragment(fragment) => self.selection_set(&fragment.selection_set),
                // Fragments are looked at where they are defined.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, of: &str, field: &Field) {
        let place = format!("{of}.{}", field.name);
        for argument in &field.arguments {
            self.found.insert(format!("{place}({}:)", argument.name));
            let known = field.definition.arguments.iter().find(|known| known.name == argument.name);
            known.into_iter().for_each(|known| self.input(known.ty.inner_named_type().as_str()));
        }
        self.found.insert(place);
        self.found.insert(field.definition.ty.inner_named_type().to_string());
        self.selection_set(&field.selection_set);
    }

    fn input(&mut self, name: &str) {
        if !self.found.insert(name.to_owned()) {
            return;
        }
        match self.schema.types.get(name) {
            Some(ExtendedType::InputObject(object)) => {
                for field in object.fields.values() {
                    self.found.insert(format!("{name}.{}", field.name));
                    self.input(field.ty.inner_named_type().as_str());
                }
            }
            Some(ExtendedType::Enum(choice)) => {
                self.found.extend(choice.values.keys().map(|value| format!("{name}.{value}")));
            }
            _ => {}
        }
    }
}
