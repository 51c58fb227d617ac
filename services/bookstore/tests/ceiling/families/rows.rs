//! Many rows, many fields on each of them.

use serde_json::json;

use super::{Families, each};

pub fn add(all: &mut Families) {
    all.document("a field 1990 times", &format!("{{ ONE {{ {} }} }}", "TEXT ".repeat(1_990)));
    let shapes =
        [(1, 1000, 28), (10, 990, 2), (5, 1000, 4), (20, 500, 1), (1, 1000, 1990), (10, 1000, 195), (20, 1, 95)];
    for (pages, rows, fields) in shapes {
        let page = format!("LIST(first: {rows}) {{ nodes {{ {} }} }} ", "TEXT ".repeat(fields));
        let name = format!("{pages} pages of {rows} rows with {fields} fields");
        all.document(&name, &format!("{{ {} }}", page.repeat(pages)));
    }
    for pages in [4, 9] {
        let page =
            "LIST(first: 1000) { totalCount pageInfo { endCursor } edges { cursor node { TEXT } } nodes { TEXT } } ";
        let pages_of_all = each(pages, |n| format!("a{n}: {page}"));
        all.document(&format!("{pages} pages with all that a page has"), &format!("{{ {pages_of_all} }}"));
    }
    all.document(
        "20 pages of which only the end is asked",
        &format!("{{ {} }}", "LIST(first: 1000) { pageInfo { endCursor } } ".repeat(20)),
    );
    all.document("nodes 300 times", &format!("{{ LIST(first: 1000) {{ {} }} }}", "nodes { TEXT } ".repeat(300)));
    for aliases in [28, 99] {
        let texts = each(aliases, |n| format!("a{n}: TEXT "));
        all.document(
            &format!("{aliases} aliases of a text in 1000 rows"),
            &format!("{{ LIST(first: 1000) {{ nodes {{ {texts} }} }} }}"),
        );
    }
    for times in [28, 1_990] {
        let names = "__typename ".repeat(times);
        all.document(
            &format!("__typename of 1000 rows {times} times"),
            &format!("{{ LIST(first: 1000) {{ nodes {{ {names} }} }} }}"),
        );
    }
    for fields in [2, 95] {
        let query = format!(
            "query($k: [KEY_TYPE!]!) {{ {} }}",
            format!("MANY(KEYS: $k) {{ {} }} ", "TEXT ".repeat(fields)).repeat(20)
        );
        let keys: Vec<_> = (0..480).map(|n| n.to_string()).collect();
        all.with_variables(&format!("20 look-ups of 480 keys, {fields} fields"), &query, json!({"k": keys}));
    }
    all.document("20 pages that are refused", &format!("{{ {} }}", "LIST(first: 0) { nodes { TEXT } } ".repeat(20)));
    all.document("20 mutations", &format!("mutation {{ {} }}", "DELETE { __typename } ".repeat(20)));
}
