//! Merged selections and values in the types of the library that runs them.

use apollo_compiler::Name as TypeName;
use apollo_compiler::Node;
use apollo_compiler::ast::{InputValueDefinition, Type, Value, VariableDefinition};
use apollo_compiler::executable::Field;
use apollo_compiler::schema::ExtendedType;
use async_graphql::parser::types as library;
use async_graphql::{Name, Number, Pos, Positioned};
use async_graphql_value::Value as AnyValue;

use super::Types;
use super::chosen::Chosen;

/// Fields that are being made the library's.
pub(super) struct Lowering<'a, 'b> {
    pub(super) types: &'a Types,
    pub(super) chosen: Chosen<'a>,
    /// Set when it depends on variables which arguments are given.
    pub(super) by_variables: &'b mut bool,
}

impl Lowering<'_, '_> {
    pub(super) fn field(&mut self, field: &Node<Field>, selection_set: library::SelectionSet) -> library::Field {
        let at = place(field);
        let mut arguments = Vec::with_capacity(field.arguments.len());
        for argument in &field.arguments {
            let defined = field.definition.argument_by_name(&argument.name);
            if let Some(value) = self.given(&argument.value, defined) {
                let at = place(&argument.value);
                arguments.push((Positioned::new(name(&argument.name), at), Positioned::new(value, at)));
            }
        }
        library::Field {
            alias: field.alias.as_ref().map(|alias| Positioned::new(name(alias), at)),
            name: Positioned::new(name(&field.name), at),
            arguments,
            directives: Vec::new(),
            selection_set: Positioned::new(selection_set, at),
        }
    }

    /// A value for an argument or an input's field; nothing where it is left to the default: by a variable that has no value,
    /// and by null in introspection, which the library does not take.
    fn given(&mut self, value: &Value, defined: Option<&Node<InputValueDefinition>>) -> Option<AnyValue> {
        if let Some(defined) = defined.filter(|defined| defined.default_value.is_some()) {
            let is_null = match (value, self.chosen) {
                (Value::Variable(_), Chosen::All) => false,
                (Value::Variable(variable), Chosen::With(variables)) => {
                    *variables.get(variable.as_str())? == async_graphql::Value::Null
                }
                (value, _) => value.is_null(),
            };
            *self.by_variables |= value.as_variable().is_some();
            if is_null && defined.is_built_in() {
                return None;
            }
        }
        Some(self.value(value, defined.map(|defined| &*defined.ty)))
    }

    /// A value of a type, which tells an integer from an ID that looks like one.
    fn value(&mut self, value: &Value, ty: Option<&Type>) -> AnyValue {
        match value {
            Value::Null => AnyValue::Null,
            Value::Enum(one) => AnyValue::Enum(name(one)),
            Value::Variable(variable) => AnyValue::Variable(name(variable)),
            Value::String(text) => AnyValue::String(text.clone()),
            Value::Boolean(value) => AnyValue::Boolean(*value),
            Value::Int(digits) if ty.is_some_and(|ty| ty.inner_named_type() == "ID") => {
                AnyValue::String(digits.as_str().to_owned())
            }
            Value::Int(digits) => number(digits.as_str()),
            Value::Float(digits) => number(digits.as_str()),
            Value::List(values) => {
                let item = ty.map(Type::item_type);
                AnyValue::List(values.iter().map(|value| self.value(value, item)).collect())
            }
            Value::Object(fields) => {
                let object = ty.and_then(|ty| match self.types.input(ty.inner_named_type())? {
                    ExtendedType::InputObject(object) => Some(object),
                    _ => None,
                });
                let field = |(key, value): &(TypeName, Node<Value>)| {
                    let defined = object.and_then(|object| object.fields.get(key)).map(|defined| &defined.node);
                    Some((name(key), self.given(value, defined)?))
                };
                AnyValue::Object(fields.iter().filter_map(field).collect())
            }
        }
    }
}

/// A number; as a text where it is too large for one, so that whoever takes it sees it as it was written.
fn number(digits: &str) -> AnyValue {
    let number = serde_json::from_str::<Number>(digits);
    number.map_or_else(|_| AnyValue::String(digits.to_owned()), AnyValue::Number)
}

/// A value that no variable is in.
pub(crate) fn constant(types: &Types, value: &Value, ty: &Type) -> async_graphql::Value {
    let mut by_variables = false;
    let mut lowering = Lowering { types, chosen: Chosen::All, by_variables: &mut by_variables };
    lowering.value(value, Some(ty)).into_const().unwrap_or_default()
}

/// A fragment on an object.
pub(super) fn fragment(
    object: &TypeName,
    items: Vec<Positioned<library::Selection>>,
) -> Positioned<library::Selection> {
    let fragment = library::InlineFragment {
        type_condition: Some(nowhere(library::TypeCondition { on: nowhere(name(object)) })),
        directives: Vec::new(),
        selection_set: nowhere(library::SelectionSet { items }),
    };
    nowhere(library::Selection::InlineFragment(nowhere(fragment)))
}

/// The name of an object's type, under the response key `key`.
pub(super) fn type_name(key: Name) -> Positioned<library::Selection> {
    let field = library::Field {
        alias: Some(nowhere(key)),
        name: nowhere(Name::new("__typename")),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    nowhere(library::Selection::Field(nowhere(field)))
}

/// The definition of a variable. Its default is among the values already.
pub(super) fn variable(definition: &VariableDefinition) -> Positioned<library::VariableDefinition> {
    nowhere(library::VariableDefinition {
        name: nowhere(name(&definition.name)),
        var_type: nowhere(ty(&definition.ty)),
        directives: Vec::new(),
        default_value: None,
    })
}

/// What no error points at.
fn nowhere<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}

fn ty(ty: &Type) -> library::Type {
    let base = match ty {
        Type::Named(named) | Type::NonNullNamed(named) => library::BaseType::Named(name(named)),
        Type::List(item) | Type::NonNullList(item) => library::BaseType::List(Box::new(self::ty(item))),
    };
    library::Type { base, nullable: !ty.is_non_null() }
}

fn name(name: &TypeName) -> Name {
    Name::new(name.as_str())
}

/// Where a part of a document stands: its offset, as the column of no line.
pub(super) fn place<T>(node: &Node<T>) -> Pos {
    Pos { line: 0, column: node.location().map_or(0, |span| span.offset()) }
}
