//! Introspection, which goes around in circles.

use super::{Families, each};

pub fn add(all: &mut Families) {
    for times in 1..5 {
        let circle =
            (0..times).fold("name description".to_owned(), |inner, _| format!("fields {{ type {{ {inner} }} }}"));
        all.document(&format!("{times} circles"), &format!("{{ __schema {{ types {{ {circle} }} }} }}"));
        let of_query = each(19, |n| format!("a{n}: __type(name: \"Query\") {{ {circle} }} "));
        all.document(&format!("{times} circles, 19 times"), &format!("{{ {of_query} }}"));
    }
    let of_type = (0..14).fold("name".to_owned(), |inner, _| format!("ofType {{ {inner} }}"));
    all.document(
        "ofType in a circle",
        &format!("{{ __schema {{ types {{ fields {{ args {{ type {{ {of_type} }} }} }} }} }} }}"),
    );
    for times in [5, 25, 55, 280, 1_900] {
        let texts = "description ".repeat(times);
        for (what, open) in [
            ("types", "__schema { types {"),
            ("fields", "__schema { types { fields {"),
            ("arguments", "__schema { types { fields { args {"),
            ("enum values", "__type(name: \"__DirectiveLocation\") { enumValues {"),
        ] {
            let close = "} ".repeat(open.matches('{').count());
            all.document(&format!("{times} descriptions of {what}"), &format!("{{ {open} {texts} {close} }}"));
        }
    }
    let all_of_it = "__schema { types { name description fields { name description args { name description } } } } ";
    all.document("5 schemas", &format!("{{ {} }}", all_of_it.repeat(5)));
    all.document(
        "20 schemas",
        &format!("{{ {} }}", format!("__schema {{ types {{ {} }} }} ", "description ".repeat(28)).repeat(20)),
    );
    let lists =
        "types { possibleTypes { name } interfaces { name } enumValues { name } inputFields { name type { name } } } ";
    all.document("types 20 times", &format!("{{ __schema {{ {} }} }}", lists.repeat(20)));
}
