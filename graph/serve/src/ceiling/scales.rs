//! Weighing what a plan leads to: the rows that are read, the values that are answered and those that are given.

use async_graphql::parser::types::{Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::Value as AnyValue;

use super::Limits;
use super::cost::Cost;
use super::inputs::{self, Size};
use crate::paging::PAGE_DEFAULT;
use crate::type_key::TYPE;

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

/// A page within a row is a statement of its own, which weighs as much as so many rows beside its own.
const PAGE_ROWS: u64 = 50;

/// A graph as composers of supergraphs read it weighs as much as so many rows.
const SDL_ROWS: u64 = 100;

/// What merged operations lead to with these variables, defaults included.
pub(crate) fn weigh<'a>(
    operations: impl Iterator<Item = &'a OperationDefinition>,
    variables: &Variables,
    limits: &Limits,
) -> Cost {
    let scales = Scales { sizes: inputs::sizes(variables), long_texts: limits.long_texts };
    // Variables count by themselves, whether they are used or not.
    let given = inputs::sum(scales.sizes.iter().map(|(_, size)| size.inputs));
    let all = Cost { inputs: given, ..Cost::default() };
    operations.fold(all, |total, operation| {
        let weight = scales.selection_set(&operation.selection_set.node, false);
        total.beside(weight.cost).beside(Cost { values: weight.once, ..Cost::default() })
    })
}

/// What a selection leads to.
#[derive(Clone, Copy, Default)]
struct Weight {
    cost: Cost,
    /// The values that a connection has once, and not on each of its rows.
    once: u64,
    /// It selects what only connections have (Relay cursor connections, section 2).
    on_page: bool,
    /// The pages that are selected on each of the rows.
    pages: u64,
}

impl Weight {
    fn beside(self, other: Self) -> Self {
        Self {
            cost: self.cost.beside(other.cost),
            once: self.once.saturating_add(other.once),
            on_page: self.on_page || other.on_page,
            pages: self.pages.saturating_add(other.pages),
        }
    }
}

/// Weighs the parts of one operation.
struct Scales<'a> {
    /// What each variable asks for, by name.
    sizes: Vec<(&'a str, Size)>,
    /// What the fields with long texts count as.
    long_texts: &'static [(&'static str, u64)],
}

impl Scales<'_> {
    /// What is selected; of objects of which only one can be there, all together.
    fn selection_set(&self, set: &SelectionSet, introspection: bool) -> Weight {
        let selection = |total: Weight, selection: &Positioned<Selection>| match &selection.node {
            Selection::Field(field) => total.beside(self.field(&field.node, introspection)),
            Selection::InlineFragment(inline) => {
                total.beside(self.selection_set(&inline.node.selection_set.node, introspection))
            }
            Selection::FragmentSpread(_) => total,
        };
        set.items.iter().fold(Weight::default(), selection)
    }

    fn field(&self, field: &Field, introspection: bool) -> Weight {
        let name = field.name.node.as_str();
        if field.response_key().node == TYPE {
            return Weight::default();
        }
        let introspection = introspection || matches!(name, "__schema" | "__type");
        let selected = self.selection_set(&field.selection_set.node, introspection);
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
        let is_wrapper = matches!(name, "edges" | "nodes" | "node");
        let is_page = selected.on_page && !is_wrapper;
        let mut cost = selected.cost.on_each(rows);
        if !is_wrapper {
            let pages = selected.pages.saturating_mul(PAGE_ROWS).saturating_mul(rows.max(1));
            cost.rows = cost.rows.saturating_add(pages);
        }
        cost.values = cost.values.saturating_add(selected.once);
        if !introspection && let Some((_, values)) = self.long_texts.iter().find(|(long, _)| *long == name) {
            cost.values = cost.values.max(*values);
        }
        if introspection && name == "ofType" {
            // Half of the types have one at most, and tools ask for it nine times over.
            cost.values = cost.values.div_ceil(2);
        }
        cost.inputs = cost.inputs.saturating_add(self.inputs(&field.arguments));
        match name {
            "pageInfo" | "totalCount" => {
                Weight { cost: Cost { values: 0, ..cost }, once: cost.values, ..Weight::default() }
            }
            _ => {
                let pages = if is_wrapper { selected.pages } else { u64::from(is_page) };
                Weight { cost, once: 0, on_page: matches!(name, "edges" | "nodes"), pages }
            }
        }
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
            AnyValue::Variable(name) => self.variable(name.as_str()).unwrap_or_default(),
            AnyValue::Number(number) => Size { page: number.as_u64(), ..Size::default() },
            AnyValue::List(keys) => Size { keys: keys.len() as u64, ..Size::default() },
            _ => Size::default(),
        }
    }

    fn inputs(&self, arguments: &[(Positioned<Name>, Positioned<AnyValue>)]) -> u64 {
        inputs::arguments(arguments, &|name| self.variable(name).map_or(1, |size| size.inputs))
    }

    fn variable(&self, name: &str) -> Option<Size> {
        let found = self.sizes.binary_search_by_key(&name, |(name, _)| name).ok()?;
        Some(self.sizes[found].1)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// What a document without fragments leads to, which is its own plan.
    #[track_caller]
    fn weighed(text: &str, variables: serde_json::Value) -> Cost {
        within(text, variables, &Limits::default())
    }

    #[track_caller]
    fn within(text: &str, variables: serde_json::Value, limits: &Limits) -> Cost {
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        weigh(std::iter::once(&operation.node), &Variables::from_json(variables), limits)
    }

    fn none() -> serde_json::Value {
        serde_json::json!({})
    }

    #[test]
    fn rows_are_page_sizes_multiplied_down_the_tree() {
        let rows = |text: &str| weighed(text, none()).rows;
        assert_eq!(rows("{ plant(id: 7) { name } }"), 1);
        assert_eq!(rows("{ plants { totalCount } }"), 1);
        assert_eq!(rows("{ plants { nodes { name } } }"), 50);
        assert_eq!(rows("{ plants(first: 10) { edges { node { name } } } }"), 10);
        assert_eq!(rows("{ plants(first: 0) { edges { node { name } } } }"), 0);
        assert_eq!(rows("{ plants(first: 10) { nodes { leaves(last: 5) { nodes { text } } } } }"), 10 * 50 + 60);
        assert_eq!(rows("{ plantsById(ids: [1, 2]) { name } }"), 2);
    }

    #[test]
    fn a_page_within_a_row_is_a_statement_for_each_row() {
        let rows = |text: &str| weighed(text, none()).rows;
        assert_eq!(rows("{ plantsById(ids: [1, 2]) { leaves(first: 1) { nodes { text } } } }"), 2 + 2 * (50 + 1));
        let two = "a: leaves(first: 1) { nodes { text } } b: leaves(first: 3) { edges { node { text } } }";
        assert_eq!(rows(&format!("{{ plantsById(ids: [1, 2]) {{ {two} }} }}")), 2 + 2 * (100 + 4));
        let deep = format!("{{ plants(first: 2) {{ edges {{ node {{ stem {{ {two} }} }} }} }} }}");
        assert_eq!(rows(&deep), 2 + 2 * (1 + 100 + 4));
        let all = "{ plantsById(ids: $k) { leaves(first: 1) { nodes { text } } } }";
        let keys = serde_json::json!({"k": vec!["1"; 500]});
        assert!(weighed(&format!("query($k: [ID!]!) {all}"), keys).rows > 25_000);
    }

    #[test]
    fn variables_count_by_value() {
        let rows = |text: &str, variables| weighed(text, variables).rows;
        let page = "query Q($n: Int) { plants(first: $n) { nodes { name } } }";
        assert_eq!(rows(page, serde_json::json!({"n": 400})), 400);
        let keys = "query Q($k: [String!]!) { plantsById(ids: $k) { name } }";
        assert_eq!(rows(keys, serde_json::json!({"k": ["1", "2", "3"]})), 3);
    }

    #[test]
    fn values_are_the_fields_of_each_row() {
        let values = |text: &str| weighed(text, none()).values;
        assert_eq!(values("{ plant(id: 1) { name id } }"), 3);
        assert_eq!(values("{ plants(first: 10) { nodes { name id } } }"), 1 + 10 * 3);
        assert_eq!(values("{ plants(first: 10) { totalCount pageInfo { endCursor } nodes { id } } }"), 1 + 3 + 10 * 2);
        assert_eq!(values("{ plants(first: null) { nodes { id } } }"), 1 + 50 * 2);
        assert_eq!(values("{ __schema { types { name } } }"), 1 + 1 + 50);
    }

    #[test]
    fn a_long_text_counts_as_several_values() {
        let limits = Limits { long_texts: &[("text", 5)], ..Limits::default() };
        let cost = within("{ plants(first: 10) { nodes { text id more: text } } }", none(), &limits);
        assert_eq!(cost.values, 1 + 10 * (1 + 5 + 1 + 5));
    }

    #[test]
    fn a_variable_counts_wherever_it_is_used() {
        let inputs = |text: &str, variables| weighed(text, variables).inputs;
        let twice = "query($k: [ID!]!) { a(k: $k) { b } c(k: [$k], d: 1) }";
        assert_eq!(inputs(twice, serde_json::json!({"k": [1, 2, 3]})), 4 + 4 + 5 + 1);
        assert_eq!(inputs(twice, serde_json::json!({"k": "x".repeat(640)})), 11 + 11 + 12 + 1);
        assert_eq!(inputs("query($k: Int) { a(k: {l: $k, m: $n}) }", none()), 3);
    }

    #[test]
    fn introspection_in_circles_costs_what_it_costs() {
        let mut around = "name".to_owned();
        for _ in 0..4 {
            around = format!("fields {{ type {{ {around} }} }}");
        }
        assert!(weighed(&format!("{{ __schema {{ types {{ {around} }} }} }}"), none()).rows > 500_000);
    }
}
