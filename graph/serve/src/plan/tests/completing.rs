//! What becomes of an answer of the library.

use async_graphql::{PathSegment, Response, ServerError, Value};
use serde_json::{Value as Json, json};

use super::plan;

/// A step of a path: a number is a place in a list.
fn step(text: &str) -> PathSegment {
    text.parse().map_or_else(|_| PathSegment::Field(text.to_owned()), PathSegment::Index)
}

/// The data and the paths of the errors in what becomes of `data`, where these fields failed.
#[track_caller]
fn completed(text: &str, data: Json, failed: &[&str]) -> (String, Vec<String>) {
    let mut response = Response::new(Value::from_json(data).unwrap());
    for path in failed {
        let mut error = ServerError::new(*path, None);
        error.path = path.split_whitespace().map(step).collect();
        response.errors.push(error);
    }
    let response = plan(text, json!({})).completed(response);
    let paths = response.errors.into_iter().map(|error| error.message).collect();
    (serde_json::to_string(&response.data).unwrap(), paths)
}

#[test]
fn fields_stand_as_the_document_has_them() {
    let text = "{ x: thing { ...F id } must { id } } fragment F on Thing { thing { may must } ... on Thing { size } }";
    let answer = json!({"must": {"id": 1}, "x": {"id": 2, "size": 3, "thing": {"must": 4, "may": 5}}});
    let expected = r#"{"x":{"thing":{"may":5,"must":4},"size":3,"id":2},"must":{"id":1}}"#;
    assert_eq!(completed(text, answer, &[]).0, expected);
    let rows = json!({"all": [{"may": 1, "id": 2}, null, {"id": 3, "may": 4}]});
    assert_eq!(completed("{ all { id may } }", rows, &[]).0, r#"{"all":[{"id":2,"may":1},null,{"id":3,"may":4}]}"#);
}

#[test]
fn an_object_of_no_fields_is_an_object() {
    let kind = |kind: &str| json!({" type": kind});
    for (text, data, expected) in [
        ("{ thing { id @skip(if: true) } }", json!({"thing": kind("Thing")}), r#"{"thing":{}}"#),
        ("{ thing { id @skip(if: true) } }", json!({"thing": null}), r#"{"thing":null}"#),
        ("{ thing @skip(if: true) { id } }", kind("Query"), "{}"),
        ("{ all { id @skip(if: true) } }", json!({"all": [kind("Thing"), null]}), r#"{"all":[{},null]}"#),
        ("{ any { ... on Other { id } } }", json!({"any": kind("Thing")}), r#"{"any":{}}"#),
        ("{ any { ... on Other { id } } }", json!({"any": {" type": "Other", "id": 1}}), r#"{"any":{"id":1}}"#),
    ] {
        assert_eq!(completed(text, data, &[]), (expected.to_owned(), vec![]), "{text}");
    }
}

#[test]
fn a_field_that_failed_is_null_or_makes_null_what_is_around_it() {
    let both = "{ thing { may } must { must } }";
    for (text, data, failed, expected) in [
        (both, json!({"thing": null, "must": {"must": 1}}), "thing may", r#"{"thing":{"may":null},"must":{"must":1}}"#),
        (both, json!({"thing": {"may": 1}, "must": null}), "must must", "null"),
        (both, json!({"must": {"must": 1}}), "thing", r#"{"thing":null,"must":{"must":1}}"#),
        (both, json!(null), "must", "null"),
        ("{ thing { may } }", json!(null), "thing", r#"{"thing":null}"#),
        (
            "{ thing { thing { must } } }",
            json!({"thing": {"thing": null}}),
            "thing thing must",
            r#"{"thing":{"thing":null}}"#,
        ),
        (
            "{ thing { other { must } may } }",
            json!({"thing": {"other": null, "may": 1}}),
            "thing other must",
            r#"{"thing":null}"#,
        ),
        ("{ a: thing { ... on Thing { m: must } } }", json!({"a": {}}), "a m", r#"{"a":null}"#),
        (
            "{ any { ... on Other { id must } } }",
            json!({"any": {" type": "Other", "id": 1}}),
            "any must",
            r#"{"any":null}"#,
        ),
    ] {
        assert_eq!(completed(text, data, &[failed]), (expected.to_owned(), vec![failed.to_owned()]), "{text} {failed}");
    }
}

#[test]
fn within_lists_as_well() {
    let row = |may: i32| json!({"may": may});
    for (text, data, failed, expected) in [
        ("{ all { may } }", json!({"all": [row(1), null]}), "all 1", r#"{"all":[{"may":1},null]}"#),
        ("{ all { may } }", json!({"all": [row(1), null]}), "all 1 may", r#"{"all":[{"may":1},{"may":null}]}"#),
        ("{ all { may must } }", json!({"all": [row(1)]}), "all 0 must", r#"{"all":[null]}"#),
        ("{ each { may must } }", json!({"each": [row(1)]}), "each 0 must", r#"{"each":null}"#),
        ("{ each { may } }", json!({}), "each 1", r#"{"each":null}"#),
        ("{ sure { may } }", json!({}), "sure 1", "null"),
        ("{ sure { may must } }", json!({"sure": [row(1)]}), "sure 0 must", "null"),
    ] {
        assert_eq!(completed(text, data, &[failed]), (expected.to_owned(), vec![failed.to_owned()]), "{text} {failed}");
    }
}

#[test]
fn of_errors_that_make_the_same_null_the_first_is_told() {
    for (text, data, failed, told) in [
        ("{ a: must { id } b: must { id } }", json!(null), &["b", "a"][..], &["a"][..]),
        ("{ a: thing { id } b: must { id } c: thing { id } }", json!(null), &["c", "b", "a"], &["a", "b", "c"]),
        ("{ each { must } }", json!({"each": [null, null]}), &["each 1 must", "each 0 must"], &["each 0 must"]),
        (
            "{ all { must } }",
            json!({"all": [null, null]}),
            &["all 1 must", "all 0 must"],
            &["all 0 must", "all 1 must"],
        ),
        (
            "{ thing { must id } must { id } }",
            json!({"must": {"id": 1}, "thing": null}),
            &["thing id", "thing must"],
            &["thing must"],
        ),
    ] {
        let told: Vec<String> = told.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(completed(text, data, failed).1, told, "{text}");
    }
}

#[test]
fn an_error_without_a_place_is_that_of_the_field_which_is_missing() {
    let text = "{ thing { id } all { id } must { id } }";
    let data = json!({"thing": null, "must": {"id": 1}});
    assert_eq!(completed(text, data.clone(), &[""]).0, r#"{"thing":null,"all":null,"must":{"id":1}}"#);
    assert_eq!(completed(text, json!({"thing": null, "all": null}), &[""]).0, "null");
    assert_eq!(
        completed(text, data, &["all", ""]),
        (r#"{"thing":null,"all":null,"must":{"id":1}}"#.to_owned(), vec![String::new(), "all".to_owned()])
    );
}
