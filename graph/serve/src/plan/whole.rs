//! Whether a parser kept all of a text. The compiler's drops, without a word, a name in a list of arguments or in an object
//! that no value follows. What it made has as many tokens as the text only when nothing was lost.

use apollo_compiler::Node;
use apollo_compiler::ast::{
    Argument, Definition, DirectiveList, Document, FragmentDefinition, OperationDefinition, Selection, Type, Value,
};

/// How many tokens `text`, of which `document` was made, has by what was made of it; nothing, when there is something in it
/// that is not run, which is refused for that.
pub(super) fn tokens(document: &Document, text: &str) -> Option<u64> {
    let one = |definition: &Definition| match definition {
        Definition::OperationDefinition(one) => {
            let is_short = one.location().is_some_and(|place| text.as_bytes().get(place.offset()) == Some(&b'{'));
            Some(operation(one) - u64::from(is_short))
        }
        Definition::FragmentDefinition(one) => Some(fragment(one)),
        _ => None,
    };
    document.definitions.iter().map(one).sum()
}

fn operation(operation: &OperationDefinition) -> u64 {
    let variable = |variable: &Node<apollo_compiler::ast::VariableDefinition>| {
        let default = variable.default_value.as_ref().map_or(0, |default| 1 + value(default));
        3 + ty(&variable.ty) + default + directives(&variable.directives)
    };
    let variables = within(operation.variables.iter().map(variable));
    1 + u64::from(operation.name.is_some())
        + variables
        + directives(&operation.directives)
        + selections(&operation.selection_set)
}

fn fragment(fragment: &FragmentDefinition) -> u64 {
    4 + directives(&fragment.directives) + selections(&fragment.selection_set)
}

fn selections(all: &[Selection]) -> u64 {
    within(all.iter().map(|selection| match selection {
        Selection::Field(field) => {
            let name = if field.alias.is_some() { 3 } else { 1 };
            name + arguments(&field.arguments) + directives(&field.directives) + selections(&field.selection_set)
        }
        Selection::FragmentSpread(spread) => 2 + directives(&spread.directives),
        Selection::InlineFragment(inline) => {
            let condition = if inline.type_condition.is_some() { 3 } else { 1 };
            condition + directives(&inline.directives) + selections(&inline.selection_set)
        }
    }))
}

fn directives(all: &DirectiveList) -> u64 {
    all.iter().map(|directive| 2 + arguments(&directive.arguments)).sum()
}

fn arguments(all: &[Node<Argument>]) -> u64 {
    within(all.iter().map(|argument| 2 + value(&argument.value)))
}

fn value(value: &Value) -> u64 {
    match value {
        Value::Variable(_) => 2,
        Value::List(items) => 2 + items.iter().map(|item| self::value(item)).sum::<u64>(),
        Value::Object(fields) => 2 + fields.iter().map(|(_, field)| 2 + self::value(field)).sum::<u64>(),
        _ => 1,
    }
}

fn ty(ty: &Type) -> u64 {
    match ty {
        Type::Named(_) => 1,
        Type::NonNullNamed(_) => 2,
        Type::List(item) => 2 + self::ty(item),
        Type::NonNullList(item) => 3 + self::ty(item),
    }
}

/// Parts with brackets around them, which are not written around nothing.
fn within(parts: impl Iterator<Item = u64>) -> u64 {
    match parts.sum() {
        0 => 0,
        inner => inner + 2,
    }
}
