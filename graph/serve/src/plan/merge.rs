//! Merging selections (GraphQL specification, sections 5.3.2, 6.3.2 and 6.4.3).

use std::collections::HashSet;

use apollo_compiler::Name as TypeName;
use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, DirectiveList, Value};
use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types as library;
use async_graphql::{Name, Positioned, Value as ConstValue};

use super::chosen::Chosen;
use super::lower::Lowering;
use super::{Key, Member, Selected, Types, lower};
use crate::ceiling::Exceeded;
use crate::type_key::TYPE;

/// The fields that share a response key, by that key, in the order of the document.
type Grouped<'a> = IndexMap<&'a str, Vec<&'a Node<Field>>>;

/// Why selections cannot be merged.
#[derive(Debug)]
pub(super) enum Unmerged {
    /// Fields that share a response key have different arguments; the place is that of the second.
    Arguments { key: String, place: Option<SourceSpan> },
    /// There are more keys than a plan may have.
    Keys(Exceeded),
    /// A variable of this name, on which a @skip or an @include depends, is null.
    Null { variable: String },
}

/// How many response keys a plan may have. Fields are limited before, but one that is selected on a union or an interface
/// has a key in each of the objects.
pub(super) const KEYS_MAX: u64 = 10_000;

/// An operation that is being merged.
pub(super) struct Merging<'a> {
    pub(super) types: &'a Types,
    pub(super) document: &'a ExecutableDocument,
    pub(super) chosen: Chosen<'a>,
    /// How many keys there are so far.
    pub(super) keys: u64,
    /// It was met: a @skip or an @include.
    pub(super) has_conditions: bool,
    /// It was met: what is selected, or which arguments are given, depends on variables.
    pub(super) by_variables: bool,
    /// It was met: a condition that is null, which it may not be.
    pub(super) null: Option<&'a str>,
}

impl<'a> Merging<'a> {
    /// What the selections `sets` on a value of type `on` come to.
    pub(super) fn merge(
        &mut self,
        on: &TypeName,
        sets: &[&'a SelectionSet],
    ) -> Result<(Selected, library::SelectionSet), Unmerged> {
        let (types, mut members, mut items) = (self.types, Vec::new(), Vec::new());
        for object in types.possible(on) {
            let (mut grouped, mut spread) = (Grouped::new(), HashSet::new());
            sets.iter().for_each(|set| self.collect(object, set, &mut spread, &mut grouped));
            let (keys, lowered) = self.keys(&grouped)?;
            match types.is_abstract(on) {
                true if lowered.is_empty() => {}
                true => items.push(lower::fragment(object, lowered)),
                false => items = lowered,
            }
            members.push(Member { object: object.clone(), keys });
        }
        // An object of no fields would be null to the library, and one of several could not be told from the others.
        if types.is_abstract(on) || items.is_empty() {
            items.insert(0, lower::type_name(Name::new(TYPE)));
        }
        Ok((Selected(members), library::SelectionSet { items }))
    }

    /// Groups what a set selects on an `object` by response keys.
    fn collect(
        &mut self,
        object: &TypeName,
        set: &'a SelectionSet,
        spread: &mut HashSet<&'a str>,
        grouped: &mut Grouped<'a>,
    ) {
        for selection in &set.selections {
            if !self.is_chosen(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => grouped.entry(field.response_key().as_str()).or_default().push(field),
                Selection::InlineFragment(inline) => {
                    if inline.type_condition.as_ref().is_none_or(|condition| self.types.applies(condition, object)) {
                        self.collect(object, &inline.selection_set, spread, grouped);
                    }
                }
                Selection::FragmentSpread(named) => {
                    let fragment = self.document.fragments.get(&named.fragment_name);
                    if let Some(fragment) = fragment.filter(|_| spread.insert(named.fragment_name.as_str()))
                        && self.types.applies(&fragment.selection_set.ty, object)
                    {
                        self.collect(object, &fragment.selection_set, spread, grouped);
                    }
                }
            }
        }
    }

    /// Whether a selection with these directives counts.
    fn is_chosen(&mut self, directives: &'a DirectiveList) -> bool {
        directives.iter().all(|directive| {
            let wanted = match directive.name.as_str() {
                "skip" => false,
                "include" => true,
                _ => return true,
            };
            self.has_conditions = true;
            let value = directive.specified_argument_by_name("if").map(|value| &**value);
            self.by_variables |= matches!(value, Some(Value::Variable(_)));
            match (self.chosen, value) {
                (Chosen::With(_), Some(Value::Boolean(value))) => *value == wanted,
                (Chosen::With(variables), Some(Value::Variable(name))) => match variables.get(name.as_str()) {
                    Some(ConstValue::Boolean(value)) => *value == wanted,
                    _ => {
                        self.null = Some(name);
                        false
                    }
                },
                _ => true,
            }
        })
    }

    fn keys(&mut self, grouped: &Grouped<'a>) -> Result<(Vec<Key>, Vec<Positioned<library::Selection>>), Unmerged> {
        self.keys += grouped.len() as u64;
        Exceeded::check("fields", self.keys, KEYS_MAX).map_err(Unmerged::Keys)?;
        let (mut keys, mut items) = (Vec::with_capacity(grouped.len()), Vec::with_capacity(grouped.len()));
        for (key, fields) in grouped {
            let Some((first, others)) = fields.split_first() else { continue };
            if let Some(other) = others.iter().find(|other| !same_arguments(&first.arguments, &other.arguments)) {
                return Err(Unmerged::Arguments { key: (*key).to_owned(), place: other.location() });
            }
            let sets: Vec<_> = fields.iter().map(|field| &field.selection_set).collect();
            let (below, selection_set) = match sets.iter().all(|set| set.selections.is_empty()) {
                true => Default::default(),
                false => self.merge(first.definition.ty.inner_named_type(), &sets)?,
            };
            let mut lowering =
                Lowering { types: self.types, chosen: self.chosen, by_variables: &mut self.by_variables };
            let field = lowering.field(first, selection_set);
            let name = field.response_key().node.clone();
            items.push(Positioned::new(
                library::Selection::Field(Positioned::new(field, lower::place(first))),
                lower::place(first),
            ));
            keys.push(Key { name, ty: first.definition.ty.clone(), below });
        }
        Ok((keys, items))
    }
}

/// Whether two fields are given the same arguments, in whatever order.
fn same_arguments(one: &[Node<Argument>], other: &[Node<Argument>]) -> bool {
    let has = |argument: &Node<Argument>| {
        other.iter().any(|found| found.name == argument.name && same_value(&found.value, &argument.value))
    };
    one.len() == other.len() && one.iter().all(has)
}

/// Whether two values are the same; the order of an object's fields does not matter.
fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let has = |(name, value): &(TypeName, Node<Value>)| {
                other.iter().any(|(found, other)| found == name && same_value(other, value))
            };
            one.len() == other.len() && one.iter().all(has)
        }
        (one, other) => one == other,
    }
}
