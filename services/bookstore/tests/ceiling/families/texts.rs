//! What a scanner and a parser have to go through.

use super::{BYTES, Families};

/// How long a text may be, for its document to fit into a request.
const MOST: usize = BYTES - 200;

pub fn add(all: &mut Families) {
    ignored(all);
    strings(all);
    nested(all);
    broken(all);
}

fn ignored(all: &mut Families) {
    for (name, text) in [
        ("a long comment", format!("#{}\n", "x".repeat(MOST))),
        ("a long comment of four-byte characters", format!("#{}\n", "💥".repeat(MOST / 4))),
        ("many comments", "#\n".repeat(MOST / 3)),
        ("white space", " ".repeat(MOST)),
        ("commas", ",".repeat(MOST)),
        ("byte order marks", "\u{feff}".repeat(MOST / 3)),
    ] {
        all.document(name, &format!("{{ __typename {text} }}"));
        all.document(&format!("{name}, 19 deep"), &format!("{}__typename {text}{}", "{ a ".repeat(19), "}".repeat(19)));
    }
    let spaces = " ".repeat(MOST);
    all.document("white space after on", &format!("{{ ... on{spaces}Query {{ __typename }} }}"));
    all.document("white space after three dots", &format!("{{ ...{spaces}Query }}"));
    all.document(
        "white space between all",
        &format!("{{ {} }}", format!("__typename{} ", ",".repeat(3_000)).repeat(20)),
    );
}

fn strings(all: &mut Families) {
    for (name, text) in [
        ("an unclosed string", format!("\"{}", "x".repeat(MOST))),
        ("an unclosed block string", format!("\"\"\"{}", "x".repeat(MOST))),
        ("an unclosed block string of quotes", format!("\"\"\"{}", "\"\\".repeat(MOST / 4))),
        ("a block string of lines", format!("\"\"\"{}\"\"\"", "\n ".repeat(MOST / 3))),
        ("a block string of escapes", format!("\"\"\"{}\"\"\"", "\\\"\"\"".repeat(MOST / 8))),
        ("a string of escapes", format!("\"{}\"", "\\u0041".repeat(MOST / 7))),
        ("a string with half a character at its end", format!("\"{}\\uD800\"", "x".repeat(MOST))),
    ] {
        all.document(name, &format!("{{ LIST(after: {text}) {{ nodes {{ TEXT }} }} }}"));
    }
}

fn nested(all: &mut Families) {
    all.document("brackets", &("{a(b:[".repeat(12) + &" ".repeat(30_000)));
    all.document("braces that are never closed", &"{a ".repeat(40));
    all.document("too many braces", &"{a ".repeat(20_000));
    all.document("objects", &format!("{{ a(b: {}1{}) }}", "{a:".repeat(36), "}".repeat(36)));
    all.document("list types", &format!("query($a: {}Int{}) {{ a }}", "[".repeat(38), "]".repeat(38)));
    let no_selection = format!("... @a(b: \"{}\") ", "x".repeat(1_200));
    all.document("directives without a selection", &format!("{{ {} }}", no_selection.repeat(49)));
    all.document("a directive 19 deep without a selection", &format!("{}{no_selection}", "{ ... @a ".repeat(19)));
}

fn broken(all: &mut Families) {
    all.document("an unclosed document", &format!("{{ {}", "a ".repeat(4_900)));
    all.document("wrong at the very end", &format!("{{ {} }} }}", "__typename ".repeat(4_990)));
    all.document("wrong on every line", &format!("{{\n{}", "?\n".repeat(2_000)));
    all.document("dots", &"...".repeat(4_900));
    all.document("colons", &format!("{{ {} }}", "a:".repeat(2_400)));
    all.document("dollars", &"$".repeat(4_999));
    all.document("more tokens than allowed", &format!("{{ {} }}", "a ".repeat(30_000)));
    all.document("a name of 64 KiB", &format!("{{ {} }}", "a".repeat(MOST)));
    all.document("aliases called on", &format!("{{ {} }}", "on:on ".repeat(1_600)));
}
