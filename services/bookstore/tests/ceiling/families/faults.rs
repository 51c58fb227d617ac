//! Documents with a mistake in every place, each of which becomes an error.

use super::{Families, each};

pub fn add(all: &mut Families) {
    fields(all);
    definitions(all);
}

fn fields(all: &mut Families) {
    let mut one = |name: &str, inside: &str| all.document(name, &format!("{{ ONE {{ {inside} }} }}"));
    one("unknown fields", &each(1_900, |n| format!("TEXT{n} ")));
    one("unknown fields with long names", &each(300, |n| format!("TEXTE{n}{} ", "TEXT".repeat(17))));
    one("texts with a selection", &"TEXT { a } ".repeat(950));
    one("unknown fragments", &each(1_600, |n| format!("...F{n} ")));
    one("unknown types", &each(990, |n| format!("...on T{n}{{a}} ")));
    one("impossible types", &"...on PageInfo{a} ".repeat(990));
    let mut list =
        |name: &str, inside: &str| all.document(name, &format!("{{ LIST({inside}) {{ nodes {{ TEXT }} }} }}"));
    list("unknown arguments", &each(1_600, |n| format!("firs{n}: 1 ")));
    list("an argument 1600 times", &"first: 1 ".repeat(1_600));
    all.document("objects without a selection", &format!("{{ LIST(first: 1) {{ {} }} }}", "nodes ".repeat(1_900)));
    all.document(
        "impossible spreads",
        &format!("{{ ONE {{ {} }} }} fragment F on PageInfo {{ a }}", "...F ".repeat(600)),
    );
    all.document("unknown directives", &format!("{{ ONE {{ {} }} }}", each(49, |n| format!("TEXT @d{n} "))));
    all.document("too many directives", &format!("{{ __typename {} }}", "@a ".repeat(4_900)));
    all.document("too many aliases", &format!("{{ {} }}", each(1_600, |n| format!("a{n}: __typename "))));
}

fn definitions(all: &mut Families) {
    all.document("unused variables", &format!("query({}) {{ __typename }}", each(1_200, |n| format!("$v{n}:Int "))));
    all.document(
        "variables of unknown types",
        &format!("query({}) {{ __typename }}", each(1_200, |n| format!("$v{n}:X "))),
    );
    all.document("many operations", &each(900, |n| format!("query Q{n} {{__typename}} ")));
    let variables = "$v:Int ".repeat(60);
    all.document("19 operations with variables", &each(19, |n| format!("query Q{n}({variables}) {{__typename}} ")));
    let skip = "@skip(if: true) ".repeat(700);
    all.document("directives on a variable", &format!("query($v: Int {skip}) {{ __typename }}"));
    all.document("directives on an operation", &format!("query {skip} {{ __typename }}"));
    all.document("directives on a fragment", &format!("{{...F}} fragment F on Query {skip} {{ __typename }}"));
    all.document(
        "unused fragments",
        &each(700, |n| format!("fragment F{n} on Query {{a}} ")).replacen("fragment F0 on Query ", "", 1),
    );
    all.document("types that are defined", &each(1_200, |n| format!("type T{n} {{a:Int}} ")));
    all.document("types that are extended", &each(800, |_| "extend type Query {a:Int} ".to_owned()));
    all.document(
        "arguments without a value",
        &format!("{{ LIST({}) {{ nodes {{ TEXT }} }} }}", "first ".repeat(4_900)),
    );
    all.document("a fragment twice", &"fragment F on Query {a} ".repeat(700));
}
