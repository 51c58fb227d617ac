//! Variables and arguments that become much larger than their text.

use serde_json::{Value, json};

use super::{Families, each};

pub fn add(all: &mut Families) {
    let lists = [
        ("a long text", json!("x".repeat(50_000))),
        ("6500 objects", vec![json!({"a": 0}); 6_500].into()),
        ("28000 numbers", vec![json!(0); 28_000].into()),
        ("9000 numbers", vec![json!(0); 9_000].into()),
        ("400 texts", vec![json!("x".repeat(140)); 400].into()),
        ("4900 texts", vec![json!("123"); 4_900].into()),
    ];
    for (what, value) in lists {
        variable(all, what, &value);
    }
    variables(all);
    literals(all);
}

/// A variable with this value, used in many ways.
fn variable(all: &mut Families, what: &str, value: &Value) {
    let (variables, list) = (json!({"v": value}), "MANY(KEYS: $v) { TEXT } ");
    let mut add = |how: &str, document: &str| all.with_variables(&format!("{what} {how}"), document, variables.clone());
    add("used 2300 times", &format!("query($v: [KEY_TYPE!]!) {{ MANY(KEYS: [{}]) {{ TEXT }} }}", "$v ".repeat(2_300)));
    add("used once", &format!("query($v: [KEY_TYPE!]!) {{ {list} }}"));
    add("used by 20 fields", &format!("query($v: [KEY_TYPE!]!) {{ {} }}", list.repeat(20)));
    add("used by 20 directives", &format!("query($v: Boolean!) {{ {} }}", "__typename @include(if: $v) ".repeat(20)));
    add("not used", "{ __typename }");
}

fn variables(all: &mut Families) {
    let used = |count| each(count, |n| format!("$v{n} "));
    let fragment = |count| format!("fragment F on Query {{ MANY(KEYS: [{}]) {{ TEXT }} }}", used(count));
    for count in [30, 1_000] {
        let operations = each(320, |n| format!("query Q{n} {{ ...F }} "));
        all.document(
            &format!("320 operations, {count} undefined variables"),
            &format!("{operations} {}", fragment(count)),
        );
    }
    for bytes in [200, 50_000] {
        let document = format!("query {} {{ ...F }} {}", "Q".repeat(bytes), fragment(2_000));
        all.document(&format!("2000 undefined variables, a name of {bytes} bytes"), &document);
    }
    let definitions = each(600, |n| format!("$v{n}: KEY_TYPE! = \"1\" "));
    all.document("600 variables with defaults", &format!("query({definitions}) {{ ...F }} {}", fragment(600)));
}

fn literals(all: &mut Families) {
    let nested = format!("{}{}", "[".repeat(30), "]".repeat(30));
    all.document("a list in a list", &format!("{{ MANY(KEYS: {nested}) {{ TEXT }} }}"));
    all.document("a list of the wrong values", &format!("{{ MANY(KEYS: [{}]) {{ TEXT }} }}", "{a:1} ".repeat(950)));
    all.document("a list of 1600 keys", &format!("{{ MANY(KEYS: [{}]) {{ TEXT }} }}", "\"1\" ".repeat(1_600)));
    for digits in [190, 60_000] {
        let number = "9".repeat(digits);
        all.document(&format!("{digits} digits"), &format!("{{ LIST(first: {number}) {{ nodes {{ TEXT }} }} }}"));
        let fraction = format!("0.{}1e-{}", "0".repeat(digits / 3), "9".repeat(digits / 2));
        all.document(
            &format!("a fraction of {digits} digits"),
            &format!("{{ LIST(first: {fraction}) {{ nodes {{ TEXT }} }} }}"),
        );
    }
    for (times, members) in [(2, 1_150), (10, 220), (49, 44)] {
        let object = each(members, |n| format!("a{n}: 1 "));
        let one = format!("_entities(representations: [{{{object}}}]) {{ __typename }} ");
        all.document(
            &format!("{members} members of an object, {times} times"),
            &format!("{{ {} }}", one.repeat(times)),
        );
        let list = format!("MANY(KEYS: [{}]) {{ TEXT }} ", "\"1\" ".repeat(members));
        all.document(&format!("{members} keys, {times} times"), &format!("{{ {} }}", list.repeat(times)));
    }
    all.document(
        "a member given 1,200 times",
        &format!("{{ _entities(representations: [{{{}}}]) {{ __typename }} }}", "a: 1 ".repeat(1_200)),
    );
    all.document(
        "an argument given 1,200 times",
        &format!("{{ LIST({}) {{ nodes {{ TEXT }} }} }}", "first: 1 ".repeat(1_200)),
    );
    all.document("a long text as a key", &format!("{{ MANY(KEYS: [\"{}\"]) {{ TEXT }} }}", "x".repeat(65_000)));
    all.document(
        "a long text as a cursor",
        &format!("{{ LIST(after: \"{}\") {{ nodes {{ TEXT }} }} }}", "x".repeat(65_000)),
    );
}
