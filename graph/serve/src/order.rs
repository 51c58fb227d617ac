//! The order of fields in an answer is that of the document (GraphQL specification, section 6.3).
//!
//! The library puts fields down as they are done, and `totalCount` takes longer than a row's fields.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};

/// What an answer's object has, in order: its keys, each with what is selected below it.
type Keys<'a> = IndexMap<&'a str, Vec<&'a SelectionSet>>;

/// Puts the fields of an answer's objects in the order in which `selected` has them; those within lists are left as
/// they are, since nothing in a row is waited for.
pub(crate) fn restore(value: &mut Value, document: &ExecutableDocument, selected: &[&SelectionSet]) {
    let Value::Object(object) = value else { return };
    let mut keys = Keys::new();
    for set in selected {
        collect(set, document, &mut keys);
    }
    let place = |key: &Name| keys.get_index_of(key.as_str()).unwrap_or(usize::MAX);
    if !object.keys().is_sorted_by_key(place) {
        object.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
    }
    for (key, value) in object {
        if let Some(below) = keys.get(key.as_str()) {
            restore(value, document, below);
        }
    }
}

/// Notes the keys of a selection where they first stand.
fn collect<'a>(set: &'a SelectionSet, document: &'a ExecutableDocument, keys: &mut Keys<'a>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let below = keys.entry(field.node.response_key().node.as_str()).or_default();
                below.push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(fragment) => collect(&fragment.node.selection_set.node, document, keys),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(&fragment.node.selection_set.node, document, keys);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_stand_as_the_document_has_them() {
        let text = "{ c: x { ...F a } a b } fragment F on T { z ... on U { y { q p } } }";
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let answer = json!({"b": 1, "a": 2, "c": {"a": 3, "y": {"p": 4, "q": 5}, "z": [{"n": 6, "m": 7}]}});
        let mut value = Value::from_json(answer).unwrap();
        restore(&mut value, &document, &[&operation.node.selection_set.node]);
        let expected = r#"{"c":{"z":[{"m":7,"n":6}],"y":{"q":5,"p":4},"a":3},"a":2,"b":1}"#;
        assert_eq!(serde_json::to_string(&value).unwrap(), expected);
    }
}
