//! What a document selects.

use async_graphql::Variables;
use serde_json::json;

use super::{plan, shown};

#[test]
fn fields_of_one_key_are_merged_where_the_first_stands() {
    for (text, expected) in [
        ("{ thing { may } must { id } thing { must may } }", "{thing{may must} must{id}}"),
        (
            "{ a: thing { id } ...F a: thing { ...G } } fragment F on Query { a: thing { may } } fragment G on Thing { id must }",
            "{a{id may must}}",
        ),
        ("{ thing { thing { id } } ... { thing { thing { may thing { id } } } } }", "{thing{thing{id may thing{id}}}}"),
        (
            "{ ...F must { id } ...F } fragment F on Query { b: must { id } ... on Query { b: must { may } } }",
            "{b{id may} must{id}}",
        ),
        ("{ thing(in: {n: 1, in: {n: 2}}) { id } thing(in: {in: {n: 2}, n: 1}) { may } }", "{thing{id may}}"),
    ] {
        assert_eq!(shown(&plan(text, json!({})).root), expected, "{text}");
    }
}

#[test]
fn what_is_skipped_is_not_there() {
    for (text, expected) in [
        ("{ thing { id may @skip(if: true) must @include(if: false) } }", "{thing{id}}"),
        ("{ thing { id @skip(if: true) @include(if: true) may @skip(if: false) @include(if: true) } }", "{thing{may}}"),
        (
            "{ thing { id @skip(if: true) } must { ...F @skip(if: true) } } fragment F on Thing { id }",
            "{thing{} must{}}",
        ),
        ("{ thing @skip(if: true) { id } }", "{}"),
    ] {
        assert_eq!(shown(&plan(text, json!({})).root), expected, "{text}");
    }
}

#[test]
fn what_is_skipped_is_seen_by_values_and_by_defaults() {
    for (variable, text, expected) in [
        ("$x: Boolean!", "{ thing { id may @skip(if: $x) must @include(if: $x) } }", "{thing{id must}}"),
        ("$x: Boolean = false", "{ thing { id may @skip(if: $x) must @include(if: $x) } }", "{thing{id must}}"),
        ("$y: Boolean = true", "{ thing { id may @skip(if: $y) must @include(if: $y) } }", "{thing{id must}}"),
        ("$y: Boolean = false", "{ thing { id may @skip(if: $y) must @include(if: $y) } }", "{thing{id may}}"),
        (
            "$x: Boolean!",
            "{ thing { ...F @skip(if: $x) id ...F @include(if: $x) } } fragment F on Thing { may }",
            "{thing{id may}}",
        ),
        ("$y: Boolean = true", "{ a: __typename @include(if: $y) b: __typename @skip(if: $y) }", "{a}"),
    ] {
        let text = format!("query({variable}) {text}");
        assert_eq!(shown(&plan(&text, json!({"x": true})).root), expected, "{text}");
    }
}

#[test]
fn a_condition_may_not_be_null() {
    let types = super::types(true);
    let text = "query($x: Boolean = true) { thing { id may @skip(if: $x) } }";
    let document = super::read(text, &types).unwrap_or_else(|refused| panic!("{}", refused.message()));
    let operation = document.operation(None).unwrap();
    let variables = super::coerced(&types, operation.variables(), Variables::from_json(json!({"x": null}))).unwrap();
    let Err(error) = operation.plan(&types, &variables) else { panic!("it is taken") };
    assert!(error.message.contains("`$x` is null"), "{}", error.message);
}

#[test]
fn a_union_has_a_selection_for_each_of_its_objects() {
    for (text, expected) in [
        ("{ any { __typename } }", "{any{Thing: __typename}{Other: __typename}}"),
        (
            "{ any { ... on Thing { may } ... on Other { must } ... on Any { ... on Thing { id } } } }",
            "{any{Thing: may id}{Other: must}}",
        ),
        (
            "{ any { ... on Other { other { id } } } any { ...F } } fragment F on Other { other { must } }",
            "{any{Thing: }{Other: other{id must}}}",
        ),
        ("{ thing { ... on Any { ... on Thing { id } } } }", "{thing{id}}"),
    ] {
        assert_eq!(shown(&plan(text, json!({})).root), expected, "{text}");
    }
}

#[test]
fn each_field_of_a_mutation_is_a_request_of_its_own() {
    let requests = |plan: &super::Plan| plan.requests(Variables::default()).count();
    assert_eq!(requests(&plan("{ a: thing { id } b: thing { id } }", json!({}))), 1);
    assert_eq!(requests(&plan("{ thing @skip(if: true) { id } }", json!({}))), 1);
}

#[test]
fn an_operation_is_named_by_its_only_field() {
    let only = |text: &str| plan(text, json!({})).only_root().map(str::to_owned);
    assert_eq!(only("{ a: thing { id } a: thing { may } }").as_deref(), Some("thing"));
    assert_eq!(only("{ thing { id } must { id } }"), None);
}

#[test]
fn a_plan_has_the_keys_of_a_fragment_wherever_it_is_spread() {
    let keys = |text: &str| super::read(text, &super::types(true)).map(|document| document.keys()).ok();
    assert_eq!(
        keys("{ a: thing { ...F } b: thing { ...F } any { id: __typename } } fragment F on Thing { id may }"),
        Some(3 + 4 + 2)
    );
    assert_eq!(keys("query($x: Boolean!) { thing @skip(if: $x) { id } }"), Some(0));
    let of_type = (0..9).fold("kind name".to_owned(), |inner, _| format!("kind name ofType {{ {inner} }}"));
    let value = "name description type { ...Ref } defaultValue isDeprecated deprecationReason";
    let introspection = format!(
        "{{ __schema {{ description queryType {{ name }} mutationType {{ name }} types {{ kind name description isOneOf
           fields {{ name description args {{ {value} }} type {{ ...Ref }} isDeprecated deprecationReason }}
           inputFields {{ {value} }} interfaces {{ ...Ref }} enumValues {{ name description }} possibleTypes {{ ...Ref }} }}
           directives {{ name description isRepeatable locations args {{ {value} }} }} }} }} fragment Ref on __Type {{ {of_type} }}"
    );
    assert_eq!(keys(&introspection), Some(222), "what tools ask for is to be remembered");
}
