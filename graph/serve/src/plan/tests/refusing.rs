//! What is refused, and in which words.

use super::{read, types};
use crate::errors::Code;

/// The code and the messages of a refusal, without the words that all begin with.
#[track_caller]
fn refused(text: &str, explore: bool) -> (String, Vec<String>) {
    let Err(refused) = read(text, &types(explore)) else { panic!("{text} is taken") };
    let code = refused.errors[0].extensions.as_ref().unwrap().get("code").unwrap().to_string();
    let message = |error: &async_graphql::ServerError| error.message.split(": ").skip(1).collect::<Vec<_>>().join(": ");
    (code.trim_matches('"').to_owned(), refused.errors.iter().map(message).collect())
}

#[test]
fn texts_that_are_not_graphql() {
    for text in [
        "",
        "#",
        "{",
        "{ thing { } }",
        "{ thing() }",
        "{ thing(n) { id } }",
        "{ thing(n: 1 x) { id } }",
        "query ($a) { must }",
        "{ thing(in: {n}) { id } }",
        "{ thing(in: {n: 1 n}) { id } }",
        "{ must @skip(if) { id } }",
        "fragment on on Query { must }",
        r#"{ thing(n: "\uD800") }"#,
        r#"{ thing(n: "\u{110000}") }"#,
        "{ thing(n: 01) { id } }",
        "{ \"a\" must { id } }",
    ] {
        assert_eq!(refused(text, true).0, Code::ParseFailed.as_str(), "{text}");
    }
}

#[test]
fn texts_that_are_graphql() {
    for text in [
        "{ must { id } }",
        "query { must { id } }",
        "query A($n: Int = -1, $l: [Int!]!) { a: thing(n: $n, all: $l) { id ...F ... @skip(if: true) { may } } } fragment F on Thing { must ... on Any { __typename } }",
        r#"{ __type(name: "\uD83D\uDE00 \u{1F600} \u00e9 \n") { name } }"#,
        "{ __type(name: \"\"\"a \"b\" \\\"\"\" \"\"\") { name } }",
    ] {
        assert!(read(text, &types(true)).is_ok(), "{text}");
    }
}

#[test]
fn documents_that_do_not_fit_are_told_why() {
    for (text, message) in [
        ("{ thing { idd } }", "type `Thing` does not have a field `idd`; did you mean `id`?"),
        ("{ nothing }", "type `Query` does not have a field `nothing`; did you mean `thing`?"),
        ("{ unlike }", "type `Query` does not have a field `unlike`"),
        (
            "{ thing(n: 1) { id } thing(n: 2) { may } }",
            "operation must not provide conflicting field arguments for the same name `thing`",
        ),
        (
            "{ thing(all: [1]) { id } thing(all: [1, 2]) { may } }",
            "fields that share the name `thing` must have the same arguments",
        ),
        ("query($n: Int) { thing(all: [$n]) { id } }", "the variable `$n` is a `Int`; here it must be a `Int!`"),
        ("query($n: Int) { thing(in: {n: $n}) { id } }", "the variable `$n` is a `Int`; here it must be a `Int!`"),
        (
            "query($n: Int = null) { thing(in: {n: $n}) { id } }",
            "the variable `$n` is a `Int`; here it must be a `Int!`",
        ),
        (
            "query($n: Int!) { thing(in: {n: 1, in: {n: 1, list: [$n], n: 2}}) { id } }",
            "the field `n` is given twice in one object",
        ),
        ("query($n: In = {n: 1, n: 2}) { thing(in: $n) { id } }", "the field `n` is given twice in one object"),
        ("query($n: String!) { thing @include(if: $n) { id } }", ""),
    ] {
        let (code, messages) = refused(text, true);
        assert_eq!(code, Code::ValidationFailed.as_str(), "{text}");
        assert!(messages.iter().any(|found| found.trim_end_matches('.').contains(message)), "{text}: {messages:?}");
    }
}

#[test]
fn what_fits_by_a_default_is_taken() {
    for text in [
        "query($n: Int = 1) { thing(in: {n: $n}) { id } }",
        "query($l: [Int!]) { thing(in: {n: 1, list: $l}) { id } }",
        "query($n: Int!) { thing(all: [$n, 2], n: $n) { id } }",
        "query($n: Int!) { ...F } fragment F on Query { thing(in: {n: $n, in: {n: $n}}) { id } }",
    ] {
        assert!(read(text, &types(true)).is_ok(), "{text}");
    }
}

#[test]
fn a_fault_is_told_once_with_its_place() {
    assert_eq!(refused("{ must { id @a @a @a } thing { id @a } }", true).1.len(), 1);
    let Err(refused) = read("{\n  must {\n    idd\n  }\n}", &types(true)) else { panic!("it is taken") };
    assert_eq!(refused.errors[0].locations, [async_graphql::Pos { line: 3, column: 5 }]);
}

#[test]
fn what_explores_is_refused_where_exploring_is_off() {
    for text in
        ["{ __schema { types { name } } }", "{ ...F } fragment F on Query { a: __type(name: \"Thing\") { name } }"]
    {
        assert!(read(text, &types(true)).is_ok(), "{text}");
        assert!(refused(text, false).1[0].starts_with("introspection is off"), "{text}");
    }
    assert_eq!(refused("{ thing { idd } }", false).1, ["type `Thing` does not have a field `idd`."]);
    assert!(read("{ __typename must { __typename } }", &types(false)).is_ok());
}
