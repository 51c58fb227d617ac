//! Coercing the values of variables to their types before anything runs (GraphQL specification, section 6.1.2).

use apollo_compiler::Node;
use apollo_compiler::ast::{Type, VariableDefinition};
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType};
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Number, ServerError, Value, Variables};

use crate::errors::Code;
use crate::plan::{Types, constant};

/// How many characters of a wrong value a client reads.
const SHOWN_MAX: usize = 40;

/// What is wrong with a value, and where: the path below the variable, built from its end.
struct Fault {
    path: String,
    what: String,
}

/// The values of an operation's variables: those that were given, as their types have them, and the defaults of the others.
///
/// # Errors
/// The first that does not fit its type.
pub(crate) fn coerced(
    types: &Types,
    definitions: &[Node<VariableDefinition>],
    mut given: Variables,
) -> Result<Variables, ServerError> {
    let mut values = Variables::default();
    for definition in definitions {
        let (name, ty) = (Name::new(definition.name.as_str()), &*definition.ty);
        let value = match (given.remove(&name), &definition.default_value) {
            (Some(value), _) => coerce(types, value, ty),
            (None, Some(default)) => Ok(constant(types, default, ty)),
            (None, None) if ty.is_non_null() => Err(Fault::new(format!("is missing; it must be {ty}"))),
            (None, None) => continue,
        };
        let value = value.map_err(|Fault { path, what }| {
            let mut error = ServerError::new(format!("Variable ${name}{path} {what}."), None);
            Code::ValidationFailed.mark(&mut error);
            error
        })?;
        values.insert(name, value);
    }
    Ok(values)
}

fn coerce(types: &Types, value: Value, ty: &Type) -> Result<Value, Fault> {
    match (value, ty) {
        (Value::Null, ty) if ty.is_non_null() => Err(Fault::new(format!("is null; it must be {ty}"))),
        (Value::Null, _) => Ok(Value::Null),
        (Value::List(values), Type::List(item) | Type::NonNullList(item)) => {
            let values = values.into_iter().enumerate();
            let values =
                values.map(|(nth, value)| coerce(types, value, item).map_err(|fault| fault.below(&nth.to_string())));
            values.collect::<Result<_, _>>().map(Value::List)
        }
        // One value stands for a list of it (section 3.11).
        (value, Type::List(item) | Type::NonNullList(item)) => Ok(Value::List(vec![coerce(types, value, item)?])),
        (value, Type::Named(name) | Type::NonNullNamed(name)) => match types.input(name) {
            Some(ExtendedType::InputObject(object)) => coerce_object(types, value, object),
            Some(ExtendedType::Enum(one)) => coerce_enum(value, one),
            _ => coerce_scalar(value, name),
        },
    }
}

fn coerce_object(types: &Types, value: Value, ty: &InputObjectType) -> Result<Value, Fault> {
    let Value::Object(mut given) = value else { return Err(Fault::unfit(&value, &ty.name)) };
    let mut values = IndexMap::with_capacity(given.len());
    for (name, field) in &ty.fields {
        match given.swap_remove(name.as_str()) {
            Some(value) => {
                let value = coerce(types, value, &field.ty).map_err(|fault| fault.below(name))?;
                values.insert(Name::new(name.as_str()), value);
            }
            None if !field.ty.is_non_null() || field.default_value.is_some() => {}
            None => return Err(Fault::new(format!("is missing; it must be {}", field.ty)).below(name)),
        }
    }
    match given.keys().next() {
        Some(unknown) => Err(Fault::new(format!("has a field {}, which {} has not", short(unknown), ty.name))),
        None => Ok(Value::Object(values)),
    }
}

fn coerce_enum(value: Value, ty: &EnumType) -> Result<Value, Fault> {
    let is_one = |name: &str| ty.values.contains_key(name);
    match value {
        Value::String(text) if is_one(&text) => Ok(Value::Enum(Name::new(text))),
        Value::Enum(name) if is_one(&name) => Ok(Value::Enum(name)),
        value => Err(Fault::unfit(&value, &ty.name)),
    }
}

/// A value of a built-in scalar (section 3.5); others check their values themselves.
fn coerce_scalar(value: Value, name: &str) -> Result<Value, Fault> {
    match (name, value) {
        ("Int", Value::Number(number)) if whole(&number).is_some_and(|whole| i32::try_from(whole).is_ok()) => {
            Ok(Value::from(whole(&number)))
        }
        ("ID", Value::Number(number)) if number.is_u64() => Ok(Value::String(number.to_string())),
        ("ID", Value::Number(number)) if whole(&number).is_some() => {
            Ok(Value::String(whole(&number).unwrap_or_default().to_string()))
        }
        ("Float", value @ Value::Number(_)) => Ok(value),
        ("String" | "ID", value @ Value::String(_)) => Ok(value),
        ("Boolean", value @ Value::Boolean(_)) => Ok(value),
        ("Int" | "Float" | "String" | "ID" | "Boolean", value) => Err(Fault::unfit(&value, name)),
        (_, value) => Ok(value),
    }
}

/// A number without a fraction, however it is written: 1.0 is 1.
fn whole(number: &Number) -> Option<i64> {
    /// From here on, not every whole number is a double (IEEE 754).
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    let fraction = || number.as_f64().filter(|value| value.fract() == 0.0 && value.abs() < EXACT_MAX);
    number.as_i64().or_else(|| fraction().map(|value| value as i64))
}

impl Fault {
    fn new(what: String) -> Self {
        Self { path: String::new(), what }
    }

    fn unfit(value: &Value, ty: &str) -> Self {
        Self::new(format!("is {}; it must be {ty}", shown(value)))
    }

    fn below(self, step: &str) -> Self {
        Self { path: format!(".{step}{}", self.path), ..self }
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
    use apollo_compiler::ast::{Definition, Document};
    use serde_json::json;

    use super::*;

    const SDL: &str = "scalar Decimal enum Order { ASC DESC } input Range { from: Decimal! to: Decimal = 9 order: Order \
                       inner: Range } type Query { a: Int }";

    fn values(definitions: &str, values: serde_json::Value) -> Result<serde_json::Value, String> {
        let document = Document::parse(format!("query Q({definitions}) {{ a }}"), "document").unwrap();
        let Definition::OperationDefinition(operation) = &document.definitions[0] else { unreachable!() };
        let types = Types::try_new(SDL, true).unwrap();
        let values = coerced(&types, &operation.variables, Variables::from_json(values));
        values.map(|values| serde_json::to_value(values).unwrap()).map_err(|error| error.message)
    }

    #[test]
    fn what_fits_is_as_its_type_has_it() {
        for (definitions, given, expected) in [
            ("$a: Int", json!({}), json!({})),
            ("$a: Int = 1", json!({}), json!({"a": 1})),
            ("$a: Int = 1", json!({"a": null}), json!({"a": null})),
            ("$a: Int!", json!({"a": -2_147_483_648}), json!({"a": -2_147_483_648})),
            ("$a: Int!, $b: Int!", json!({"a": 1.0, "b": 1e2}), json!({"a": 1, "b": 100})),
            ("$a: Float!", json!({"a": 1}), json!({"a": 1})),
            ("$a: ID!, $b: ID!", json!({"a": "x", "b": 7}), json!({"a": "x", "b": "7"})),
            (
                "$a: ID!, $b: ID = 5",
                json!({"a": 18_446_744_073_709_551_615_u64}),
                json!({"a": "18446744073709551615", "b": "5"}),
            ),
            ("$a: [String!]!", json!({"a": "one"}), json!({"a": ["one"]})),
            ("$a: [[Int]]", json!({"a": [[1, null], null, 2]}), json!({"a": [[1, null], null, [2]]})),
            ("$a: Order!", json!({"a": "ASC"}), json!({"a": "ASC"})),
            (
                "$a: Range",
                json!({"a": {"from": "1.5", "inner": {"from": 2, "order": null}}}),
                json!({"a": {"from": "1.5", "inner": {"from": 2, "order": null}}}),
            ),
            ("$a: Unknown!", json!({"a": {"any": "thing"}}), json!({"a": {"any": "thing"}})),
            ("$a: Int", json!({"b": "nobody's"}), json!({})),
        ] {
            assert_eq!(values(definitions, given.clone()), Ok(expected), "{definitions} {given}");
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
            assert_eq!(self::values(definitions, values.clone()), Err(message.to_owned()), "{definitions} {values}");
        }
    }
}
