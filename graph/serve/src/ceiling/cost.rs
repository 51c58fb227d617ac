//! What a parsed document asks for, each fragment weighed once however often it is spread.

use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value, Variables};
use async_graphql_value::Value as AnyValue;
use serde::Serialize;

use super::{Exceeded, Limits};
use crate::paging::PAGE_DEFAULT;

/// What a document, or a part of it, asks for. Counts stop at the largest number rather than overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// How deep its fields are nested.
    pub depth: u64,
    /// Its fields.
    pub fields: u64,
    /// Its aliases.
    pub aliases: u64,
    /// Its directives.
    pub directives: u64,
    /// The fields of its operations' roots.
    pub root_fields: u64,
    /// The rows that it may lead to.
    pub rows: u64,
}

/// What the introspection fields that are lists have about as many of, so that going around in circles
/// (a type's fields, their types, their fields, ...) costs what it costs.
const INTROSPECTED: [(&str, u64); 8] = [
    ("types", 50),
    ("fields", 10),
    ("args", 3),
    ("inputFields", 10),
    ("enumValues", 10),
    ("possibleTypes", 4),
    ("interfaces", 2),
    ("directives", 5),
];

/// A graph as composers of supergraphs read it weighs as much as so many rows.
const SDL_ROWS: u64 = 100;

/// What `document` asks for with these variables, all its operations together.
///
/// # Errors
/// The name of a fragment that spreads itself.
pub(crate) fn cost<'a>(document: &'a ExecutableDocument, variables: &'a Variables) -> Result<Cost, &'a str> {
    let mut scales = Scales { document, sizes: sizes(document, variables), weighed: HashMap::new() };
    let mut total = Cost::default();
    for (_, operation) in document.operations.iter() {
        let weight = scales.selection_set(&operation.node.selection_set.node, false)?;
        let directives = weight.cost.directives.saturating_add(count(&operation.node.directives));
        total = total.beside(Cost { directives, ..weight.cost });
    }
    Ok(total)
}

/// How many rows each variable can ask for: by its value, or by its default in any of the operations.
fn sizes<'a>(document: &'a ExecutableDocument, variables: &'a Variables) -> HashMap<&'a str, Size> {
    let mut sizes = HashMap::new();
    let mut note = |name: &'a str, value: &Value| {
        let size: &mut Size = sizes.entry(name).or_default();
        match value {
            Value::Number(number) => size.page = number.as_u64().unwrap_or(0).max(size.page),
            Value::List(keys) => size.keys = (keys.len() as u64).max(size.keys),
            _ => {}
        }
    };
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            if let Some(default) = &variable.node.default_value {
                note(variable.node.name.node.as_str(), &default.node);
            }
        }
    }
    for (name, value) in variables.iter() {
        note(name.as_str(), value);
    }
    sizes
}

/// How many rows a value asks for: as the size of a page, or as a list of keys.
#[derive(Clone, Copy, Default)]
struct Size {
    page: u64,
    keys: u64,
}

impl Cost {
    /// Holds the document to the limits.
    ///
    /// # Errors
    /// The first limit that it does not keep.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Exceeded> {
        Exceeded::check("depth", self.depth, limits.depth)?;
        Exceeded::check("fields", self.fields, limits.fields)?;
        Exceeded::check("aliases", self.aliases, limits.aliases)?;
        Exceeded::check("directives", self.directives, limits.directives)?;
        Exceeded::check("root fields", self.root_fields, limits.root_fields)?;
        Exceeded::check("rows", self.rows, limits.rows)
    }

    /// This and another part of the same selection.
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            root_fields: self.root_fields.saturating_add(other.root_fields),
            rows: self.rows.saturating_add(other.rows),
        }
    }

    /// A field with `self` selected on each of its rows.
    fn under(self, field: &Field, rows: u64) -> Self {
        let below = self.rows.saturating_mul(rows.max(1));
        Self {
            depth: self.depth.saturating_add(1),
            fields: self.fields.saturating_add(1),
            aliases: self.aliases.saturating_add(u64::from(field.alias.is_some())),
            directives: self.directives.saturating_add(count(&field.directives)),
            root_fields: 1,
            rows: below.saturating_add(rows),
        }
    }
}

fn count(directives: &[Positioned<Directive>]) -> u64 {
    directives.len() as u64
}

/// What a selection asks for, and whether it is made on a page of a list.
#[derive(Clone, Copy, Default)]
struct Weight {
    cost: Cost,
    /// It selects what only connections have (Relay cursor connections, section 2).
    on_page: bool,
}

/// Weighs the parts of one document.
struct Scales<'a> {
    document: &'a ExecutableDocument,
    /// How many rows each variable can ask for.
    sizes: HashMap<&'a str, Size>,
    /// The fragments that were met: with their weight, or without it while they are being weighed.
    weighed: HashMap<(&'a str, bool), Option<Weight>>,
}

impl<'a> Scales<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet, introspection: bool) -> Result<Weight, &'a str> {
        let mut total = Weight::default();
        for selection in &set.items {
            let (weight, directives) = match &selection.node {
                Selection::Field(field) => (self.field(&field.node, introspection)?, 0),
                Selection::InlineFragment(inline) => {
                    let weight = self.selection_set(&inline.node.selection_set.node, introspection)?;
                    (weight, count(&inline.node.directives))
                }
                Selection::FragmentSpread(spread) => {
                    let weight = self.fragment(&spread.node.fragment_name.node, introspection)?;
                    (weight, count(&spread.node.directives))
                }
            };
            let directives = weight.cost.directives.saturating_add(directives);
            total.cost = total.cost.beside(Cost { directives, ..weight.cost });
            total.on_page |= weight.on_page;
        }
        Ok(total)
    }

    fn fragment(&mut self, name: &'a Name, introspection: bool) -> Result<Weight, &'a str> {
        let key = (name.as_str(), introspection);
        match self.weighed.get(&key) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(name.as_str()),
            None => {}
        }
        // One that is not there is the validator's business.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Weight::default()) };
        self.weighed.insert(key, None);
        let mut weight = self.selection_set(&fragment.node.selection_set.node, introspection)?;
        weight.cost.directives = weight.cost.directives.saturating_add(count(&fragment.node.directives));
        // A spread is work of its own, also one of a fragment that spreads nothing but others.
        weight.cost.fields = weight.cost.fields.saturating_add(1);
        self.weighed.insert(key, Some(weight));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, introspection: bool) -> Result<Weight, &'a str> {
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
        Ok(Weight { cost: selected.cost.under(field, rows), on_page: matches!(name, "edges" | "nodes") })
    }

    /// How many rows a field with a selection may give: the size of its page, or one for each of its keys.
    fn rows(&self, field: &Field, on_page: bool) -> u64 {
        let asked = field.arguments.iter().filter_map(|(name, value)| {
            let size = self.size(&value.node);
            match name.node.as_str() {
                "first" | "last" => Some(size.page).filter(|_| on_page),
                _ => Some(size.keys).filter(|keys| *keys > 0),
            }
        });
        asked.max().unwrap_or(if on_page { PAGE_DEFAULT as u64 } else { 1 })
    }

    fn size(&self, value: &AnyValue) -> Size {
        match value {
            AnyValue::Variable(name) => self.sizes.get(name.as_str()).copied().unwrap_or_default(),
            AnyValue::Number(number) => Size { page: number.as_u64().unwrap_or(0), keys: 0 },
            AnyValue::List(keys) => Size { page: 0, keys: keys.len() as u64 },
            _ => Size::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[track_caller]
    fn weigh(text: &str, variables: serde_json::Value) -> Cost {
        cost(&parse_query(text).unwrap(), &Variables::from_json(variables)).unwrap()
    }

    fn rows(text: &str, variables: serde_json::Value) -> u64 {
        weigh(text, variables).rows
    }

    #[test]
    fn fields_are_counted_wherever_their_fragment_is_spread() {
        let cost = weigh("{ a: b { ...F ...F } } fragment F on B @d { c d: e }", serde_json::json!({}));
        assert_eq!((cost.depth, cost.fields, cost.aliases, cost.directives, cost.root_fields), (2, 7, 3, 2, 1));
    }

    #[test]
    fn rows_are_page_sizes_multiplied_down_the_tree() {
        let none = serde_json::json!({});
        assert_eq!(rows("{ book(isbn: 7) { title } }", none.clone()), 1);
        assert_eq!(rows("{ books { totalCount } }", none.clone()), 1);
        assert_eq!(rows("{ books { nodes { title } } }", none.clone()), 50);
        assert_eq!(
            rows("{ books(first: 10) { ...P } } fragment P on C { edges { node { title } } }", none.clone()),
            10
        );
        assert_eq!(rows("{ books(first: 10) { nodes { reviews(last: 5) { nodes { text } } } } }", none.clone()), 60);
        assert_eq!(rows("{ booksByIsbn(isbns: [1, 2]) { title } }", none), 2);
    }

    #[test]
    fn variables_count_by_value_and_by_default() {
        let page = "query Q($n: Int = 300) { books(first: $n) { nodes { title } } }";
        assert_eq!(rows(page, serde_json::json!({})), 300);
        assert_eq!(rows(page, serde_json::json!({"n": 400})), 400);
        let keys = "query Q($k: [String!]!) { booksByIsbn(isbns: $k) { title } }";
        assert_eq!(rows(keys, serde_json::json!({"k": ["1", "2", "3"]})), 3);
    }

    #[test]
    fn doubling_fragments_are_weighed_in_a_moment() {
        let mut text = String::from("{ ...F0 }");
        for n in 0..500 {
            text.push_str(&format!(" fragment F{n} on Query {{ ...F{m} ...F{m} }}", m = n + 1));
        }
        text.push_str(" fragment F500 on Query { __typename }");
        assert_eq!(weigh(&text, serde_json::json!({})).fields, u64::MAX);
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_named() {
        let document = parse_query("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }").unwrap();
        assert_eq!(cost(&document, &Variables::default()), Err("A"));
    }

    #[test]
    fn introspection_in_circles_costs_what_it_costs() {
        let mut around = "name".to_owned();
        for _ in 0..4 {
            around = format!("fields {{ type {{ {around} }} }}");
        }
        assert!(rows(&format!("{{ __schema {{ types {{ {around} }} }} }}"), serde_json::json!({})) > 500_000);
    }
}
