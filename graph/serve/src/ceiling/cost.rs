//! What a parsed document asks for, each fragment weighed once however often it is spread.

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, Field};
use serde::Serialize;

use super::scales::Scales;
use super::{Exceeded, Limits, inputs};

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
    /// The values of its answer: the fields of each of the rows.
    pub values: u64,
    /// The values of its arguments, those of a variable wherever it is used.
    pub inputs: u64,
    /// The fields of each of its selections, since the library compares them all, to see whether they go together.
    pub comparisons: u64,
}

/// Why a document cannot be weighed.
#[derive(Debug, PartialEq)]
pub(crate) enum Fault<'a> {
    /// A fragment of this name spreads itself.
    Circle(&'a str),
    /// A fragment of this name is not used, so nothing bounds what the library's checks do with it.
    Unused(&'a str),
    /// Fields and fragments are nested too deep for those that walk through them.
    Deep(Exceeded),
}

/// What `document` asks for with these variables, all its operations together.
///
/// # Errors
/// [`Fault`], where it cannot be weighed.
pub(crate) fn cost<'a>(
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    limits: &Limits,
) -> Result<Cost, Fault<'a>> {
    let mut scales = Scales::new(document, variables, limits);
    let mut total = Cost { inputs: inputs::all(variables), ..Cost::default() };
    for (_, operation) in document.operations.iter() {
        total = total.beside(scales.operation(&operation.node)?);
    }
    total.comparisons = scales.comparisons;
    scales.unused().map_or(Ok(total), |fragment| Err(Fault::Unused(fragment)))
}

/// How many selections are looked at to weigh `document`.
#[cfg(test)]
pub(super) fn steps(document: &ExecutableDocument, limits: &Limits) -> u64 {
    let variables = Variables::default();
    let mut scales = Scales::new(document, &variables, limits);
    for (_, operation) in document.operations.iter() {
        let _ = scales.operation(&operation.node);
    }
    scales.steps
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
        Exceeded::check("rows", self.rows, limits.rows)?;
        Exceeded::check("values", self.values, limits.values)?;
        Exceeded::check("inputs", self.inputs, limits.inputs)?;
        Exceeded::check("comparisons", self.comparisons, limits.comparisons)
    }

    /// This and another part of the same selection.
    pub(super) fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            root_fields: self.root_fields.saturating_add(other.root_fields),
            rows: self.rows.saturating_add(other.rows),
            values: self.values.saturating_add(other.values),
            inputs: self.inputs.saturating_add(other.inputs),
            ..self
        }
    }

    /// A field with `self` selected on it, that many times.
    pub(super) fn under(self, field: &Field, rows: u64) -> Self {
        let times = |count: u64| count.saturating_mul(rows.max(1));
        Self {
            depth: self.depth.saturating_add(1),
            fields: self.fields.saturating_add(1),
            aliases: self.aliases.saturating_add(u64::from(field.alias.is_some())),
            directives: self.directives,
            root_fields: 1,
            rows: times(self.rows).saturating_add(rows),
            values: times(self.values).saturating_add(1),
            inputs: times(self.inputs),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[track_caller]
    fn weigh(text: &str, variables: serde_json::Value) -> Cost {
        cost(&parse_query(text).unwrap(), &Variables::from_json(variables), &Limits::default()).unwrap()
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
        for n in 0..38 {
            text.push_str(&format!(" fragment F{n} on Query {{ {} }}", format!("...F{} ", n + 1).repeat(4)));
        }
        text.push_str(" fragment F38 on Query { __typename }");
        assert_eq!(weigh(&text, serde_json::json!({})).fields, u64::MAX);
    }

    #[test]
    fn a_long_chain_of_fragments_is_deep_and_one_beside_it_is_not_used() {
        let chain: String = (0..700).map(|n| format!("fragment F{n} on Q {{ ...F{} }} ", n + 1)).collect();
        let (none, limits) = (Variables::default(), Limits::default());
        let document = parse_query(format!("{{ ...F0 }} {chain}")).unwrap();
        let deep = Exceeded { limit: "depth", allowed: 40, asked: 41 };
        assert_eq!(cost(&document, &none, &limits), Err(Fault::Deep(deep)));
        let document = parse_query(format!("{{ a }} {chain}")).unwrap();
        assert_eq!(cost(&document, &none, &limits), Err(Fault::Unused("F0")));
    }

    #[test]
    fn values_are_the_fields_of_each_row() {
        let values = |text: &str| weigh(text, serde_json::json!({})).values;
        assert_eq!(values("{ book(isbn: 1) { title isbn } }"), 3);
        assert_eq!(values("{ books(first: 10) { nodes { title isbn } } }"), 1 + 10 * 3);
        assert_eq!(values("{ books(first: 10) { totalCount pageInfo { endCursor } nodes { isbn } } }"), 1 + 3 + 10 * 2);
        assert_eq!(
            values("{ books(first: 10) { ...P } } fragment P on C { totalCount nodes { isbn } }"),
            1 + 1 + 10 * 2
        );
        assert_eq!(values("{ books(first: null) { nodes { isbn } } }"), 1 + 50 * 2);
        assert_eq!(values("{ __schema { types { name } } }"), 1 + 1 + 50);
    }

    #[test]
    fn a_long_text_counts_as_several_values() {
        let limits = Limits { long_texts: &[("text", 5)], ..Limits::default() };
        let document = parse_query("{ books(first: 10) { nodes { text isbn more: text } } }").unwrap();
        assert_eq!(cost(&document, &Variables::default(), &limits).unwrap().values, 1 + 10 * (1 + 5 + 1 + 5));
    }

    #[test]
    fn the_fields_of_each_selection_are_compared() {
        let compared = |text: &str| weigh(text, serde_json::json!({})).comparisons;
        assert_eq!(compared("{ a b { c d } }"), 2 + 2);
        assert_eq!(compared("{ a ... { b ...F } } fragment F on Q { c d }"), 4 + 3 + 2);
    }

    #[test]
    fn a_variable_counts_wherever_it_is_used() {
        let inputs = |text: &str, variables| weigh(text, variables).inputs;
        let twice = "query($k: [ID!]!) { a(k: $k) { b } c(k: [$k], d: 1) @skip(if: true) }";
        assert_eq!(inputs(twice, serde_json::json!({"k": [1, 2, 3]})), 4 + 4 + 5 + 1 + 1);
        assert_eq!(inputs(twice, serde_json::json!({"k": "x".repeat(640)})), 11 + 11 + 12 + 1 + 1);
        assert_eq!(inputs("query($k: Int = 1) { a(k: {l: $k, m: $n}) }", serde_json::json!({})), 3);
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_named() {
        let document = parse_query("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }").unwrap();
        assert_eq!(cost(&document, &Variables::default(), &Limits::default()), Err(Fault::Circle("A")));
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
