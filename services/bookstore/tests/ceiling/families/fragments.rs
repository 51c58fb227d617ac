//! Fragments that multiply what the library's checks have to do.

use super::{Families, each};

pub fn add(all: &mut Families) {
    for (levels, times) in [(24, 2), (5, 30), (300, 2), (9, 2), (30, 1), (2, 40), (3, 11), (4, 6)] {
        all.document(&format!("fragments {levels} deep, each spread {times} times"), &spreading(levels, times));
    }
    let chain = each(650, |n| format!("fragment F{n} on Query {{...F{}}}", n + 1));
    all.document("a chain that is not used", &format!("{{ __typename }} {chain}"));
    all.document("a long chain", &format!("{{ ...F0 }} {chain}"));
    let conflicts = each(700, |n| format!("x:{} ", if n % 2 == 0 { "TEXT" } else { "__typename" }));
    let star = each(250, |n| format!("fragment F{n} on ROW {{...C}}"));
    all.document(
        "a star of conflicts that is not used",
        &format!("{{__typename}} fragment C on ROW {{{conflicts}}} {star}"),
    );
    for levels in [1, 4, 5, 6, 15, 29] {
        let conflicts = "TEXT:__typename ".to_owned() + &"TEXT ".repeat(1_300);
        let chain = each(levels, |n| format!("fragment F{n} on ROW {{...F{}}} ", n + 1));
        let last = format!("fragment F{levels} on ROW {{{conflicts}}}");
        all.document(&format!("conflicts below {levels} fragments"), &format!("{{ ONE {{...F0}} }} {chain} {last}"));
    }
    let deep = |inner: &str, levels| format!("{}{inner}{}", "... on Query { ".repeat(levels), "} ".repeat(levels));
    all.document("inline fragments", &format!("{{ {} }}", deep("__typename ", 19)));
    all.document("many inline fragments", &format!("{{ {} }}", deep("__typename ", 18).repeat(60)));
}

/// A chain of fragments, each of which spreads the next one `times` times.
fn spreading(levels: usize, times: usize) -> String {
    let level = |n| format!(" fragment F{n} on Query {{ {}}}", format!("...F{} ", n + 1).repeat(times));
    format!("{{ ...F0 }}{} fragment F{levels} on Query {{ __typename }}", each(levels, level))
}
