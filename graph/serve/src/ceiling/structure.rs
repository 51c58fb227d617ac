//! What a document costs whoever runs it with whatever variables: weighed before it is checked against the graph, each
//! fragment once however often it is spread, so in time proportional to its length. Checking it and merging it can take
//! far more, as a fragment that spreads another one twice doubles their work; within these limits they cannot.

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{
    Definition, DirectiveList, Document, Field, FragmentDefinition, OperationDefinition, Selection, Value,
};

use super::cost::Cost;
use super::inputs::{long, sum};
use super::{Exceeded, Limits};

/// Why a document cannot be weighed.
#[derive(Debug, PartialEq)]
pub(crate) enum Fault {
    /// A fragment of this name spreads itself.
    Circle(String),
    /// A fragment of this name is not used, so nothing bounds what checking it takes.
    Unused(String),
    /// Fields and fragments are nested too deep for those that walk through them.
    Deep(Exceeded),
}

/// A spread or an inline fragment costs this besides what is in it: it is work, also with nothing in it.
const SPREAD: u64 = 1;

/// What `document` costs, all its operations together.
///
/// # Errors
/// [`Fault`], where it cannot be weighed.
pub(crate) fn weigh(document: &Document, limits: &Limits) -> Result<Cost, Fault> {
    let mut scales = Scales::new(document, limits);
    scales.document(document)
}

/// How many selections are looked at to weigh `document`.
#[cfg(test)]
pub(super) fn steps(document: &Document, limits: &Limits) -> u64 {
    let mut scales = Scales::new(document, limits);
    let _ = scales.document(document);
    scales.steps
}

/// What a selection costs.
#[derive(Clone, Copy, Default)]
struct Weight {
    cost: Cost,
    /// Its fields, without those selected on them.
    level: u64,
}

impl Weight {
    fn beside(self, other: Self) -> Self {
        Self { cost: self.cost.beside(other.cost), level: self.level.saturating_add(other.level) }
    }
}

/// Weighs the parts of one document.
struct Scales<'a> {
    fragments: HashMap<&'a str, &'a Node<FragmentDefinition>>,
    /// The fragments that were met: with their weight, or without it while they are being weighed.
    weighed: HashMap<&'a str, Option<Weight>>,
    /// How deep the selection at hand is nested, and how deep it may be.
    nested: u64,
    nested_max: u64,
    /// The fields of the selections met, each time with those of the fragments in them.
    comparisons: u64,
    #[cfg(test)]
    steps: u64,
}

impl<'a> Scales<'a> {
    fn new(document: &'a Document, limits: &Limits) -> Self {
        Self {
            fragments: fragments(document).map(|fragment| (fragment.name.as_str(), fragment)).collect(),
            weighed: HashMap::new(),
            nested: 0,
            nested_max: limits.depth.saturating_mul(2),
            comparisons: 0,
            #[cfg(test)]
            steps: 0,
        }
    }

    fn document(&mut self, document: &'a Document) -> Result<Cost, Fault> {
        let mut total = Cost::default();
        for definition in &document.definitions {
            if let Definition::OperationDefinition(operation) = definition {
                total = total.beside(self.operation(operation)?);
            }
        }
        match fragments(document).find(|fragment| !self.weighed.contains_key(fragment.name.as_str())) {
            Some(unused) => Err(Fault::Unused(unused.name.to_string())),
            None => Ok(Cost { comparisons: self.comparisons, ..total }),
        }
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Cost, Fault> {
        let Weight { cost, level } = self.selections(&operation.selection_set)?;
        let selected = Cost { root_fields: level, ..cost.beside(directives(&operation.directives)) };
        let variables = operation.variables.iter();
        Ok(variables.fold(selected, |cost, variable| {
            let default = variable.default_value.as_ref().map_or(0, |default| value(default));
            cost.beside(directives(&variable.directives)).beside(Cost { inputs: default, ..Cost::default() })
        }))
    }

    fn selections(&mut self, selections: &'a [Selection]) -> Result<Weight, Fault> {
        if selections.is_empty() {
            return Ok(Weight::default());
        }
        self.nested += 1;
        Exceeded::check("depth", self.nested, self.nested_max).map_err(Fault::Deep)?;
        let mut total = Weight::default();
        for selection in selections {
            total = total.beside(self.selection(selection)?);
        }
        self.nested -= 1;
        self.comparisons = self.comparisons.saturating_add(total.level);
        Ok(total)
    }

    fn selection(&mut self, selection: &'a Selection) -> Result<Weight, Fault> {
        #[cfg(test)]
        {
            self.steps += 1;
        }
        let (weight, own, directives_of) = match selection {
            Selection::Field(field) => (self.field(field)?, 0, &field.directives),
            Selection::InlineFragment(inline) => (self.selections(&inline.selection_set)?, SPREAD, &inline.directives),
            Selection::FragmentSpread(spread) => (self.fragment(&spread.fragment_name)?, SPREAD, &spread.directives),
        };
        let own = Cost { fields: own, ..Cost::default() };
        Ok(Weight { cost: weight.cost.beside(own).beside(directives(directives_of)), ..weight })
    }

    fn fragment(&mut self, name: &'a str) -> Result<Weight, Fault> {
        match self.weighed.get(name) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(Fault::Circle(name.to_owned())),
            None => {}
        }
        // One that is not there is the compiler's business.
        let Some(fragment) = self.fragments.get(name).copied() else { return Ok(Weight::default()) };
        self.weighed.insert(name, None);
        let selected = self.selections(&fragment.selection_set)?;
        let weight = Weight { cost: selected.cost.beside(directives(&fragment.directives)), ..selected };
        self.weighed.insert(name, Some(weight));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field) -> Result<Weight, Fault> {
        let selected = self.selections(&field.selection_set)?.cost;
        let inputs = sum(field.arguments.iter().map(|argument| value(&argument.value)));
        let cost = Cost {
            depth: selected.depth.saturating_add(1),
            fields: selected.fields.saturating_add(1),
            aliases: selected.aliases.saturating_add(u64::from(field.alias.is_some())),
            inputs: selected.inputs.saturating_add(inputs),
            ..selected
        };
        Ok(Weight { cost, level: 1 })
    }
}

/// The fragments of a document, in their order.
fn fragments(document: &Document) -> impl Iterator<Item = &Node<FragmentDefinition>> {
    document.definitions.iter().filter_map(|definition| match definition {
        Definition::FragmentDefinition(fragment) => Some(fragment),
        _ => None,
    })
}

fn directives(all: &DirectiveList) -> Cost {
    let inputs = sum(all.iter().flat_map(|one| &one.arguments).map(|argument| value(&argument.value)));
    Cost { directives: all.len() as u64, inputs, ..Cost::default() }
}

/// What a value counts: itself, what is in it, and its texts by their length. A variable counts once here.
fn value(value: &Value) -> u64 {
    let of = |one: &Node<Value>| self::value(one);
    let inner = match value {
        Value::String(text) => long(text),
        Value::List(values) => sum(values.iter().map(of)),
        Value::Object(fields) => sum(fields.iter().map(|(name, field)| long(name).saturating_add(of(field)))),
        _ => 0,
    };
    inner.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Document {
        Document::parse(text, "document").unwrap()
    }

    fn weighed(text: &str) -> Result<Cost, Fault> {
        weigh(&parsed(text), &Limits::default())
    }

    #[test]
    fn fields_are_counted_wherever_their_fragment_is_spread() {
        let cost = weighed("{ a: b { ...F ...F } } fragment F on B @d { c d: e }").unwrap();
        assert_eq!((cost.depth, cost.fields, cost.aliases, cost.directives, cost.root_fields), (2, 7, 3, 2, 1));
    }

    #[test]
    fn doubling_fragments_are_weighed_in_a_moment() {
        let mut text = String::from("{ ...F0 }");
        for n in 0..38 {
            text.push_str(&format!(" fragment F{n} on Query {{ {} }}", format!("...F{} ", n + 1).repeat(4)));
        }
        text.push_str(" fragment F38 on Query { __typename }");
        assert_eq!(weighed(&text).unwrap().fields, u64::MAX);
    }

    #[test]
    fn a_long_chain_of_fragments_is_deep_and_one_beside_it_is_not_used() {
        let chain: String = (0..400).map(|n| format!("fragment F{n} on Q {{ ...F{} }} ", n + 1)).collect();
        let deep = Exceeded { limit: "depth", allowed: 40, asked: 41 };
        assert_eq!(weighed(&format!("{{ ...F0 }} {chain}")), Err(Fault::Deep(deep)));
        assert_eq!(weighed(&format!("{{ a }} {chain}")), Err(Fault::Unused("F0".to_owned())));
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_named() {
        let circle = weighed("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }");
        assert_eq!(circle, Err(Fault::Circle("A".to_owned())));
    }

    #[test]
    fn the_fields_of_each_selection_are_compared() {
        let compared = |text| weighed(text).unwrap().comparisons;
        assert_eq!(compared("{ a b { c d } }"), 2 + 2);
        assert_eq!(compared("{ a ... { b ...F } } fragment F on Q { c d }"), 4 + 3 + 2);
    }

    #[test]
    fn values_count_wherever_they_are_written() {
        let inputs = |text: &str| weighed(text).unwrap().inputs;
        assert_eq!(inputs("{ a(b: [1, {c: $d}]) @skip(if: true) }"), 4 + 1);
        assert_eq!(inputs(&format!("{{ a(b: \"{}\") }}", "x".repeat(640))), 11);
        assert_eq!(inputs("query($a: [Int] = [1, 2]) { ...F ...F } fragment F on Q { a(b: 1) }"), 3 + 2);
    }
}
