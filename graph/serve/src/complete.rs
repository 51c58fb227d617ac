//! What the library leaves undone in an answer: the order of fields, which is that of the document (GraphQL
//! specification, section 6.3), and null in the place of a field that failed, or around it (section 6.4.4).
//!
//! The library puts fields down as they are done, and `totalCount` takes longer than a row's fields. One that fails it
//! leaves out, also where the schema promises a value.

use std::collections::HashMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, PathSegment, Response, Value};

/// The fields of a schema's objects.
#[derive(Debug, Default)]
pub(crate) struct Outputs(HashMap<String, HashMap<String, Output>>);

/// What a field of an object is.
#[derive(Debug)]
struct Output {
    /// The object that it gives, without what is around it.
    gives: String,
    nullable: bool,
}

/// An answer's object must be null, because a field of it failed that must not be.
#[derive(Debug)]
struct MustBeNull;

/// What a key of an answer's object stands for.
#[derive(Default)]
struct Key<'a> {
    output: Option<&'a Output>,
    below: Vec<&'a SelectionSet>,
}

type Keys<'a> = IndexMap<&'a str, Key<'a>>;
/// Where fields failed, each path from the object at hand.
type Failed<'a> = Vec<&'a [PathSegment]>;

impl Outputs {
    /// The fields of the objects in a schema, which is printed as `sdl`.
    pub(crate) fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
        let objects = definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => match ty.node.kind {
                TypeKind::Object(object) => Some((ty.node.name.node.to_string(), object.fields)),
                _ => None,
            },
            _ => None,
        });
        let fields = |(object, fields): (_, Vec<_>)| {
            let output = |field: async_graphql::Positioned<async_graphql::parser::types::FieldDefinition>| {
                let ty = &field.node.ty.node;
                let gives = ty.to_string().replace(['[', ']', '!'], "");
                (field.node.name.node.to_string(), Output { gives, nullable: ty.nullable })
            };
            (object, fields.into_iter().map(output).collect())
        };
        Self(objects.map(fields).collect())
    }

    /// Completes the response to an operation. Objects within lists are left as they are, since nothing in a row is
    /// waited for, and nothing there fails that a client could know of.
    pub(crate) fn complete(
        &self,
        response: &mut Response,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
    ) {
        let root = match operation.ty {
            OperationType::Mutation => "Mutation",
            _ => "Query",
        };
        let failed: Failed<'_> = response.errors.iter().map(|error| error.path.as_slice()).collect();
        let selected = [&operation.selection_set.node];
        if (Completing { document, outputs: self }).value(&mut response.data, &selected, root, &failed).is_err() {
            response.data = Value::Null;
        }
    }
}

/// An answer that is being completed.
struct Completing<'a> {
    document: &'a ExecutableDocument,
    outputs: &'a Outputs,
}

impl<'a> Completing<'a> {
    /// Completes what is selected on a `parent`; the library gives null for an object all of whose fields failed.
    fn value(
        &self,
        value: &mut Value,
        selected: &[&'a SelectionSet],
        parent: &'a str,
        failed: &Failed<'_>,
    ) -> Result<(), MustBeNull> {
        if *value == Value::Null && failed.iter().any(|path| matches!(path.first(), Some(PathSegment::Field(_)))) {
            *value = Value::Object(IndexMap::new());
        }
        match value {
            Value::Object(object) => self.object(object, selected, parent, failed),
            _ => Ok(()),
        }
    }

    fn object(
        &self,
        object: &mut IndexMap<Name, Value>,
        selected: &[&'a SelectionSet],
        parent: &'a str,
        failed: &Failed<'_>,
    ) -> Result<(), MustBeNull> {
        let mut keys = Keys::new();
        for set in selected {
            self.collect(set, parent, &mut keys);
        }
        for (key, what) in &keys {
            if !object.contains_key(*key) && !below(failed, key).is_empty() {
                what.may_be_null()?;
                object.insert(Name::new(key), Value::Null);
            }
        }
        let place = |key: &Name| keys.get_index_of(key.as_str()).unwrap_or(usize::MAX);
        if !object.keys().is_sorted_by_key(place) {
            object.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
        }
        for (key, value) in object {
            let Some(what) = keys.get(key.as_str()) else { continue };
            let gives = what.output.map_or("", |output| output.gives.as_str());
            if self.value(value, &what.below, gives, &below(failed, key)).is_err() {
                what.may_be_null()?;
                *value = Value::Null;
            }
        }
        Ok(())
    }

    /// Notes the keys of a selection on a `parent` where they first stand.
    fn collect(&self, set: &'a SelectionSet, parent: &'a str, keys: &mut Keys<'a>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = keys.entry(field.node.response_key().node.as_str()).or_insert_with(|| {
                        let fields = self.outputs.0.get(parent);
                        Key { output: fields.and_then(|all| all.get(field.node.name.node.as_str())), below: Vec::new() }
                    });
                    key.below.push(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    let parent = fragment.node.type_condition.as_ref().map_or(parent, |on| on.node.on.node.as_str());
                    self.collect(&fragment.node.selection_set.node, parent, keys);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let parent = fragment.node.type_condition.node.on.node.as_str();
                        self.collect(&fragment.node.selection_set.node, parent, keys);
                    }
                }
            }
        }
    }
}

impl Key<'_> {
    fn may_be_null(&self) -> Result<(), MustBeNull> {
        match self.output {
            Some(Output { nullable: false, .. }) => Err(MustBeNull),
            _ => Ok(()),
        }
    }
}

/// Where fields failed at `key` or below it, each path from there.
fn below<'a>(failed: &Failed<'a>, key: &str) -> Failed<'a> {
    let at_key = |path: &&'a [PathSegment]| match path.split_first() {
        Some((PathSegment::Field(name), rest)) if name == key => Some(rest),
        _ => None,
    };
    failed.iter().filter_map(at_key).collect()
}

#[cfg(test)]
mod tests {
    use async_graphql::ServerError;
    use async_graphql::parser::parse_query;
    use serde_json::{Value as Json, json};

    use super::*;

    const SDL: &str = "type Query { x: T! y: T l: [T!]! } type T { must: Int! may: Int t: T n: T! }";

    /// What becomes of `data` when fields at these paths failed.
    fn completed(query: &str, data: Json, failed: &[&[&str]]) -> String {
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut response = Response::new(Value::from_json(data).unwrap());
        for path in failed {
            let mut error = ServerError::new("", None);
            error.path = path.iter().map(|step| PathSegment::Field((*step).to_owned())).collect();
            response.errors.push(error);
        }
        Outputs::of(SDL).complete(&mut response, &document, &operation.node);
        serde_json::to_string(&response.data).unwrap()
    }

    #[test]
    fn fields_stand_as_the_document_has_them() {
        let text = "{ c: x { ...F a } a b } fragment F on T { z ... on U { y { q p } } }";
        let answer = json!({"b": 1, "a": 2, "c": {"a": 3, "y": {"p": 4, "q": 5}, "z": [{"n": 6, "m": 7}]}});
        let expected = r#"{"c":{"z":[{"m":7,"n":6}],"y":{"q":5,"p":4},"a":3},"a":2,"b":1}"#;
        assert_eq!(completed(text, answer, &[]), expected);
    }

    #[test]
    fn a_field_that_failed_is_null_or_makes_null_what_is_around_it() {
        let both = "{ x { may } y { must } }";
        for (query, data, failed, expected) in [
            (both, json!({"x": null, "y": {"must": 1}}), &["x", "may"][..], r#"{"x":{"may":null},"y":{"must":1}}"#),
            (both, json!({"x": {"may": 1}, "y": null}), &["y", "must"], r#"{"x":{"may":1},"y":null}"#),
            (both, json!({"x": {"may": 1}}), &["y"], r#"{"x":{"may":1},"y":null}"#),
            (both, json!({"y": {"must": 1}}), &["x"], "null"),
            ("{ y { may } }", json!(null), &["y"], r#"{"y":null}"#),
            ("{ x { n { must } may } }", json!({"x": {"n": null, "may": 1}}), &["x", "n", "must"], "null"),
            (
                "{ x { t { must } may } }",
                json!({"x": {"t": null, "may": 1}}),
                &["x", "t", "must"],
                r#"{"x":{"t":null,"may":1}}"#,
            ),
            ("{ a: x { ... on T { m: must may } } }", json!({"a": {"may": 1}}), &["a", "m"], "null"),
        ] {
            assert_eq!(completed(query, data, &[failed]), expected, "{query} {failed:?}");
        }
    }

    #[test]
    fn what_was_skipped_is_not_missed() {
        let query = "{ x { may must @skip(if: true) } y @include(if: false) { may } }";
        assert_eq!(completed(query, json!({"x": {"may": 1}}), &[]), r#"{"x":{"may":1}}"#);
    }
}
