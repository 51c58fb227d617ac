//! The types of a graph, as documents are read against them.

use std::collections::HashMap;
use std::slice;

use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, Schema};

/// What introspection has since the specification of September 2025, section 4.2, and the compiler does not know yet.
const NEWER: &str = "extend type __Type { isOneOf: Boolean }";

/// The types of a graph.
pub(crate) struct Types {
    pub(super) schema: Valid<Schema>,
    /// Whether documents may ask for the types.
    pub(super) explore: bool,
    /// The objects that a union or an interface can be.
    possible: HashMap<Name, Vec<Name>>,
}

impl Types {
    /// The types of the graph that is printed as `sdl`; without `explore` no document may ask for them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn try_new(sdl: &str, explore: bool) -> Result<Self, String> {
        let schema = Schema::builder().parse(sdl, "graph").parse(NEWER, "introspection").build();
        let unsound = |errors: &DiagnosticList| errors.to_string();
        let schema = schema.map_err(|invalid| unsound(&invalid.errors))?;
        let schema = schema.validate().map_err(|invalid| unsound(&invalid.errors))?;
        let implementers = schema.implementers_map();
        let objects = |(name, ty): (&Name, &ExtendedType)| {
            let objects = match ty {
                ExtendedType::Union(union) => union.members.iter().map(|member| member.name.clone()).collect(),
                ExtendedType::Interface(_) => {
                    implementers.get(name).map(|found| found.objects.iter().cloned().collect()).unwrap_or_default()
                }
                _ => return None,
            };
            Some((name.clone(), objects))
        };
        let possible = schema.types.iter().filter_map(objects).collect();
        Ok(Self { schema, explore, possible })
    }

    /// Whether a value of this type can be one of several objects: it is a union or an interface.
    pub(super) fn is_abstract(&self, name: &Name) -> bool {
        self.possible.contains_key(name)
    }

    /// The objects that a value of this type can be.
    pub(super) fn possible<'a>(&'a self, name: &'a Name) -> &'a [Name] {
        self.possible.get(name).map_or(slice::from_ref(name), Vec::as_slice)
    }

    /// Whether a fragment on `condition` applies to an `object` (GraphQL specification, `DoesFragmentTypeApply`).
    pub(super) fn applies(&self, condition: &Name, object: &Name) -> bool {
        condition == object || self.possible.get(condition).is_some_and(|objects| objects.contains(object))
    }

    /// The names of a type's fields.
    pub(super) fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = match self.schema.types.get(name) {
            Some(ExtendedType::Object(object)) => Some(&object.fields),
            Some(ExtendedType::Interface(interface)) => Some(&interface.fields),
            _ => None,
        };
        fields.into_iter().flat_map(|fields| fields.keys().map(Name::as_str))
    }

    /// A type that values can be given for.
    pub(crate) fn input(&self, name: &str) -> Option<&ExtendedType> {
        self.schema.types.get(name)
    }
}
