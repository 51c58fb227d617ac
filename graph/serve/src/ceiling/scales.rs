//! Weighing the parts of a document, each fragment once however often it is spread.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::Value as AnyValue;

use super::cost::{Cost, Fault};
use super::inputs::{self, Size};
use super::{Exceeded, Limits};
use crate::paging::PAGE_DEFAULT;

/// What the introspection fields that are lists have about as many of, so that going around in circles
/// (a type's fields, their types, their fields, ...) costs what it costs.
const INTROSPECTED: [(&str, u64); 8] = [
    ("types", 50),
    ("fields", 10),
    ("args", 1),
    ("inputFields", 2),
    ("enumValues", 2),
    ("possibleTypes", 1),
    ("interfaces", 1),
    ("directives", 5),
];

/// A graph as composers of supergraphs read it weighs as much as so many rows.
const SDL_ROWS: u64 = 100;

/// What a selection asks for.
#[derive(Clone, Copy, Default)]
struct Weight {
    cost: Cost,
    /// Its fields, without those selected on them.
    level: u64,
    /// The values that a connection has once, and not on each of its rows.
    once: u64,
    /// It selects what only connections have (Relay cursor connections, section 2).
    on_page: bool,
}

impl Weight {
    fn beside(self, other: Self) -> Self {
        Self {
            cost: self.cost.beside(other.cost),
            level: self.level.saturating_add(other.level),
            once: self.once.saturating_add(other.once),
            on_page: self.on_page || other.on_page,
        }
    }

    /// The same with `more`.
    fn with(self, more: Cost) -> Self {
        Self { cost: self.cost.beside(more), ..self }
    }

    /// What it asks for, all in all.
    fn whole(self) -> Cost {
        self.cost.beside(Cost { values: self.once, ..Cost::default() })
    }
}

/// Weighs the parts of one document.
pub(super) struct Scales<'a> {
    document: &'a ExecutableDocument,
    /// What each variable asks for.
    sizes: HashMap<&'a str, Size>,
    /// The fragments that were met: with their weight, or without it while they are being weighed.
    weighed: HashMap<(&'a str, bool), Option<Weight>>,
    /// How deep the selection at hand is nested, and how deep it may be.
    nested: u64,
    nested_max: u64,
    /// What the fields with long texts count as.
    long_texts: &'static [(&'static str, u64)],
    /// The fields of the selections met, each time with those of the fragments in them.
    pub(super) comparisons: u64,
    #[cfg(test)]
    pub(super) steps: u64,
}

/// What a spread or an inline fragment costs besides what is in it: it is work, also with nothing in it.
const SPREAD: u64 = 1;

impl<'a> Scales<'a> {
    pub(super) fn new(document: &'a ExecutableDocument, variables: &'a Variables, limits: &Limits) -> Self {
        Self {
            document,
            sizes: inputs::sizes(document, variables),
            weighed: HashMap::new(),
            nested: 0,
            nested_max: limits.depth.saturating_mul(2),
            long_texts: limits.long_texts,
            comparisons: 0,
            #[cfg(test)]
            steps: 0,
        }
    }

    /// What an operation asks for.
    pub(super) fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Cost, Fault<'a>> {
        let selected = self.selection_set(&operation.selection_set.node, false)?;
        let cost = selected.whole().beside(self.directives(&operation.directives));
        let variables = operation.variable_definitions.iter();
        Ok(variables.fold(cost, |cost, one| cost.beside(self.directives(&one.node.directives))))
    }

    /// The first fragment that no operation uses.
    pub(super) fn unused(&self) -> Option<&'a str> {
        let used = |name: &str| [false, true].iter().any(|within| self.weighed.contains_key(&(name, *within)));
        let unused = self.document.fragments.iter().filter(|(name, _)| !used(name));
        unused.min_by_key(|(_, fragment)| fragment.pos).map(|(name, _)| name.as_str())
    }

    fn selection_set(&mut self, set: &'a SelectionSet, introspection: bool) -> Result<Weight, Fault<'a>> {
        if set.items.is_empty() {
            return Ok(Weight::default());
        }
        self.nested += 1;
        Exceeded::check("depth", self.nested, self.nested_max).map_err(Fault::Deep)?;
        let mut total = Weight::default();
        for selection in &set.items {
            total = total.beside(self.selection(&selection.node, introspection)?);
        }
        self.nested -= 1;
        self.comparisons = self.comparisons.saturating_add(total.level);
        Ok(total)
    }

    fn selection(&mut self, selection: &'a Selection, introspection: bool) -> Result<Weight, Fault<'a>> {
        #[cfg(test)]
        {
            self.steps += 1;
        }
        let weight = match selection {
            Selection::Field(field) => self.field(&field.node, introspection)?,
            Selection::InlineFragment(inline) => self
                .selection_set(&inline.node.selection_set.node, introspection)?
                .with(Cost { fields: SPREAD, ..Cost::default() }),
            Selection::FragmentSpread(spread) => self
                .fragment(&spread.node.fragment_name.node, introspection)?
                .with(Cost { fields: SPREAD, ..Cost::default() }),
        };
        Ok(weight.with(self.directives(selection.directives())))
    }

    fn fragment(&mut self, name: &'a Name, introspection: bool) -> Result<Weight, Fault<'a>> {
        let key = (name.as_str(), introspection);
        match self.weighed.get(&key) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(Fault::Circle(name)),
            None => {}
        }
        // One that is not there is the validator's business.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Weight::default()) };
        self.weighed.insert(key, None);
        let selected = self.selection_set(&fragment.node.selection_set.node, introspection)?;
        let weight = selected.with(self.directives(&fragment.node.directives));
        self.weighed.insert(key, Some(weight));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, introspection: bool) -> Result<Weight, Fault<'a>> {
        let name = field.name.node.as_str();
        let introspection = introspection || matches!(name, "__schema" | "__type");
        let selected = self.selection_set(&field.selection_set.node, introspection)?;
        let rows = match field.selection_set.node.items.is_empty() {
            true if name == "sdl" => SDL_ROWS,
            true => 0,
            // What a connection is made of: its rows are counted where their number is.
            false if matches!(name, "edges" | "nodes" | "node" | "pageInfo") => 0,
            false if introspection => {
                INTROSPECTED.iter().find(|(known, _)| *known == name).map_or(0, |(_, rows)| *rows)
            }
            false => self.rows(field, selected.on_page),
        };
        let mut cost = selected.cost.under(field, rows);
        cost.values = cost.values.saturating_add(selected.once);
        if !introspection && let Some((_, values)) = self.long_texts.iter().find(|(long, _)| *long == name) {
            cost.values = cost.values.max(*values);
        }
        if introspection && name == "ofType" {
            // Half of the types have one at most, and tools ask for it nine times over.
            cost.values = cost.values.div_ceil(2);
        }
        cost.inputs = cost.inputs.saturating_add(self.inputs(&field.arguments));
        Ok(match name {
            "pageInfo" | "totalCount" => {
                Weight { cost: Cost { values: 0, ..cost }, level: 1, once: cost.values, on_page: false }
            }
            _ => Weight { cost, level: 1, once: 0, on_page: matches!(name, "edges" | "nodes") },
        })
    }

    /// How many rows a field with a selection may give: the size of its page, or one for each of its keys.
    fn rows(&self, field: &Field, on_page: bool) -> u64 {
        let (mut page, mut keys) = (None, 0);
        for (name, value) in &field.arguments {
            let size = self.size(&value.node);
            match name.node.as_str() {
                "first" | "last" => page = page.max(size.page),
                _ => keys = keys.max(size.keys),
            }
        }
        page.unwrap_or(if on_page { PAGE_DEFAULT as u64 } else { 1 }).max(keys)
    }

    fn size(&self, value: &AnyValue) -> Size {
        match value {
            AnyValue::Variable(name) => self.sizes.get(name.as_str()).copied().unwrap_or_default(),
            AnyValue::Number(number) => Size { page: number.as_u64(), ..Size::default() },
            AnyValue::List(keys) => Size { keys: keys.len() as u64, ..Size::default() },
            _ => Size::default(),
        }
    }

    fn directives(&self, all: &[Positioned<Directive>]) -> Cost {
        let inputs = all.iter().fold(0, |sum: u64, one| sum.saturating_add(self.inputs(&one.node.arguments)));
        Cost { directives: all.len() as u64, inputs, ..Cost::default() }
    }

    fn inputs(&self, arguments: &[(Positioned<Name>, Positioned<AnyValue>)]) -> u64 {
        let of_variable = |name: &str| self.sizes.get(name).map_or(1, |size| size.inputs);
        inputs::arguments(arguments, &of_variable)
    }
}
