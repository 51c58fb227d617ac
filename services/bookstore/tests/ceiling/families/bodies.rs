//! What is around the document: JSON of all kinds.

use super::{BYTES, Families, each};

/// How long a value may be, for its request to fit.
const MOST: usize = BYTES - 200;

pub fn add(all: &mut Families) {
    for name in ["variables", "extensions", "operationName", "unknown"] {
        for (what, value) in values() {
            let body = format!("{{\"query\":\"{{__typename}}\",\"{name}\":{value}}}");
            all.body(&format!("{name}: {what}"), body);
        }
    }
    let query = |text: &str| format!("{{\"query\":\"{text}\"}}");
    all.body("a document of escaped spaces", query(&"\\u0020".repeat(MOST / 6)));
    all.body("a document of escaped nulls", query(&"\\u0000".repeat(MOST / 6)));
    all.body("an array of arrays", "[".repeat(MOST));
    all.body("no JSON", "\u{1}".repeat(MOST));
}

fn values() -> Vec<(&'static str, String)> {
    let list = |element: &str| format!("{{\"a\":[{}0]}}", element.repeat(MOST / element.len()));
    let nested = |times| format!("{}0{}", "{\"a\":".repeat(times), "}".repeat(times));
    vec![
        ("numbers", list("0,")),
        ("9000 numbers", format!("{{\"a\":[{}0]}}", "0,".repeat(9_000))),
        ("lists", list("[],")),
        ("objects", list("{\"\":0},")),
        ("4900 objects", format!("{{\"a\":[{}0]}}", "{\"\":0},".repeat(4_900))),
        ("nested objects", list(&(nested(100) + ","))),
        ("objects 120 deep", nested(120)),
        ("objects 10000 deep", nested(10_000)),
        ("keys", format!("{{{}\"a\":0}}", each(6_000, |n| format!("\"{n:04}\":0,")))),
        ("one key again and again", format!("{{{}\"a\":0}}", "\"a\":0,".repeat(9_900))),
        ("a text", format!("\"{}\"", "\\u0001".repeat(MOST / 6))),
        ("a long number", format!("{{\"a\":{}}}", "9".repeat(MOST))),
        ("a long exponent", format!("{{\"a\":1e{}}}", "9".repeat(MOST))),
    ]
}
