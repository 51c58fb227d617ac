//! Holding the values of variables to their types before anything runs (GraphQL specification, section 6.1.2).

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition, VariableDefinition};
use async_graphql::{Positioned, ServerError, Value, Variables};

use crate::errors::Code;

/// How many characters of a wrong value a client reads.
const SHOWN_MAX: usize = 40;

/// The types that variables can have, by name.
pub(crate) struct Inputs(HashMap<String, Input>);

enum Input {
    Enum(HashSet<String>),
    Object(Vec<Field>),
}

/// A field of an input object.
struct Field {
    name: String,
    ty: Type,
    has_default: bool,
}

/// What is wrong with a value, and where: the path below the variable, built from its end.
struct Fault {
    path: String,
    what: String,
}

impl Inputs {
    /// The input types of a schema. Scalars of its own are not among them: they check their values themselves.
    pub(crate) fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
        let types = definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), Input::of(ty.node.kind)?)),
            _ => None,
        });
        Self(types.collect())
    }

    /// Holds the given values to the definitions of an operation's variables.
    pub(crate) fn check(
        &self,
        definitions: &[Positioned<VariableDefinition>],
        values: &Variables,
    ) -> Result<(), ServerError> {
        for definition in definitions {
            let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
            let fault = match values.get(name) {
                Some(value) => self.fits(value, ty).err(),
                None if ty.nullable || definition.node.default_value.is_some() => None,
                None => Some(Fault::new(format!("is missing; it must be {ty}"))),
            };
            if let Some(Fault { path, what }) = fault {
                let mut error = ServerError::new(format!("Variable ${name}{path} {what}."), Some(definition.pos));
                Code::ValidationFailed.mark(&mut error);
                return Err(error);
            }
        }
        Ok(())
    }

    fn fits(&self, value: &Value, ty: &Type) -> Result<(), Fault> {
        match (value, &ty.base) {
            (Value::Null, _) if ty.nullable => Ok(()),
            (Value::Null, _) => Err(Fault::new(format!("is null; it must be {ty}"))),
            (Value::List(values), BaseType::List(item)) => {
                let mut values = values.iter().enumerate();
                values
                    .try_for_each(|(nth, value)| self.fits(value, item).map_err(|fault| fault.below(&nth.to_string())))
            }
            // One value stands for a list of it (section 3.11).
            (value, BaseType::List(item)) => self.fits(value, item),
            (value, BaseType::Named(name)) => self.fits_named(value, name.as_str()),
        }
    }

    fn fits_named(&self, value: &Value, name: &str) -> Result<(), Fault> {
        let fits = match (self.0.get(name), value) {
            (Some(Input::Object(fields)), Value::Object(_)) => return self.fits_object(value, name, fields),
            (Some(Input::Object(_)), _) => false,
            (Some(Input::Enum(names)), Value::String(text)) => names.contains(text),
            (Some(Input::Enum(names)), Value::Enum(text)) => names.contains(text.as_str()),
            (Some(Input::Enum(_)), _) => false,
            (None, value) => fits_scalar(value, name),
        };
        if fits { Ok(()) } else { Err(Fault::new(format!("is {}; it must be {name}", shown(value)))) }
    }

    fn fits_object(&self, value: &Value, name: &str, fields: &[Field]) -> Result<(), Fault> {
        let Value::Object(given) = value else { return Ok(()) };
        for field in fields {
            match given.get(field.name.as_str()) {
                Some(value) => self.fits(value, &field.ty).map_err(|fault| fault.below(&field.name))?,
                None if field.ty.nullable || field.has_default => {}
                None => {
                    let missing = Fault::new(format!("is missing; it must be {}", field.ty));
                    return Err(missing.below(&field.name));
                }
            }
        }
        match given.keys().find(|key| fields.iter().all(|field| field.name != key.as_str())) {
            Some(unknown) => Err(Fault::new(format!("has a field {}, which {name} has not", short(unknown)))),
            None => Ok(()),
        }
    }
}

impl Input {
    fn of(kind: TypeKind) -> Option<Self> {
        match kind {
            TypeKind::Enum(the) => Some(Self::Enum(the.values.iter().map(|one| one.node.value.to_string()).collect())),
            TypeKind::InputObject(the) => {
                Some(Self::Object(the.fields.into_iter().map(|one| Field::of(one.node)).collect()))
            }
            _ => None,
        }
    }
}

impl Field {
    fn of(definition: async_graphql::parser::types::InputValueDefinition) -> Self {
        Self {
            name: definition.name.node.to_string(),
            ty: definition.ty.node,
            has_default: definition.default_value.is_some(),
        }
    }
}

impl Fault {
    fn new(what: String) -> Self {
        Self { path: String::new(), what }
    }

    fn below(self, step: &str) -> Self {
        Self { path: format!(".{step}{}", self.path), ..self }
    }
}

/// Whether a value can be one of a built-in scalar (section 3.5); others check their values themselves.
fn fits_scalar(value: &Value, name: &str) -> bool {
    match (name, value) {
        ("Int", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", Value::Number(_)) => true,
        ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("String" | "ID", Value::String(_)) => true,
        ("Boolean", Value::Boolean(_)) => true,
        ("Int" | "Float" | "String" | "ID" | "Boolean", _) => false,
        _ => true,
    }
}

/// The beginning of a value, as a client wrote it.
fn shown(value: &Value) -> String {
    match value {
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("{:?}", short(text)),
        value => short(&value.to_string()),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    const SDL: &str = "scalar Decimal enum Order { ASC DESC } input Range { from: Decimal! to: Decimal = 9 order: Order \
                       inner: Range }";

    fn check(definitions: &str, values: serde_json::Value) -> Result<(), String> {
        let document = parse_query(format!("query Q({definitions}) {{ a }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let values = Variables::from_json(values);
        Inputs::of(SDL).check(&operation.node.variable_definitions, &values).map_err(|error| error.message)
    }

    #[test]
    fn what_fits_passes() {
        for (definitions, values) in [
            ("$a: Int", json!({})),
            ("$a: Int = 1", json!({"a": null})),
            ("$a: Int!", json!({"a": -2_147_483_648})),
            ("$a: Float!", json!({"a": 1})),
            ("$a: ID!, $b: ID!", json!({"a": "x", "b": 7})),
            ("$a: [String!]!", json!({"a": "one"})),
            ("$a: [[Int]]", json!({"a": [[1, null], null]})),
            ("$a: Order!", json!({"a": "ASC"})),
            ("$a: Range", json!({"a": {"from": "1.5", "inner": {"from": 2, "order": null}}})),
            ("$a: Unknown!", json!({"a": {"any": "thing"}})),
        ] {
            assert_eq!(check(definitions, values.clone()), Ok(()), "{definitions} {values}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (definitions, values, message) in [
            ("$a: Int!", json!({}), "Variable $a is missing; it must be Int!."),
            ("$a: Int! = 1", json!({"a": null}), "Variable $a is null; it must be Int!."),
            ("$a: Int", json!({"a": 2_147_483_648_u64}), "Variable $a is 2147483648; it must be Int."),
            ("$a: Int", json!({"a": 1.5}), "Variable $a is 1.5; it must be Int."),
            ("$a: String", json!({"a": 7}), "Variable $a is 7; it must be String."),
            ("$a: ID", json!({"a": 1.5}), "Variable $a is 1.5; it must be ID."),
            ("$a: Boolean", json!({"a": "true"}), "Variable $a is \"true\"; it must be Boolean."),
            ("$a: [String!]!", json!({"a": ["x", null]}), "Variable $a.1 is null; it must be String!."),
            ("$a: Order", json!({"a": "UP"}), "Variable $a is \"UP\"; it must be Order."),
            ("$a: Range", json!({"a": {}}), "Variable $a.from is missing; it must be Decimal!."),
            ("$a: Range", json!({"a": [1]}), "Variable $a is a list; it must be Range."),
            ("$a: Range", json!({"a": {"from": 1, "up": 2}}), "Variable $a has a field up, which Range has not."),
            (
                "$a: Range",
                json!({"a": {"from": 1, "inner": {"from": 1, "order": 5}}}),
                "Variable $a.inner.order is 5; it must be Order.",
            ),
        ] {
            assert_eq!(check(definitions, values.clone()), Err(message.to_owned()), "{definitions} {values}");
        }
    }
}
