//! What holds for every document, tried on random ones.

use apollo_compiler::ast;
use apollo_parser::{Lexer, TokenKind};
use async_graphql::ServerError;
use proptest::prelude::*;

use super::structure::{self, steps};
use super::{Cost, Exceeded, Limits, scan, scan_json};

/// A selection; `Spread(n)` spreads fragment `n`, where there is one.
#[derive(Clone, Debug)]
enum Selected {
    Field { name: &'static str, alias: bool, first: Option<u16>, skip: bool, below: Vec<Self> },
    Inline(Vec<Self>),
    Spread(usize),
}

/// A document: what its operation selects, and what each of its fragments does.
#[derive(Clone, Debug)]
struct Document {
    operation: Vec<Selected>,
    fragments: Vec<Vec<Selected>>,
}

const NAMES: [&str; 8] = ["a", "plants", "nodes", "edges", "pageInfo", "totalCount", "__schema", "fields"];
/// No limit that a small document could reach.
const NONE: Limits = Limits {
    bytes: u64::MAX,
    tokens: u64::MAX,
    depth: 1_000,
    fields: u64::MAX,
    aliases: u64::MAX,
    directives: u64::MAX,
    root_fields: u64::MAX,
    rows: u64::MAX,
    values: u64::MAX,
    inputs: u64::MAX,
    comparisons: u64::MAX,
    name_bytes: u64::MAX,
    answer_bytes: u64::MAX,
    long_texts: &[],
};

fn selections() -> impl Strategy<Value = Vec<Selected>> {
    let field = |below: BoxedStrategy<Vec<Selected>>| {
        let parts = (prop::sample::select(&NAMES), any::<bool>(), any::<Option<u16>>(), any::<bool>(), below);
        parts.prop_map(|(name, alias, first, skip, below)| Selected::Field { name, alias, first, skip, below })
    };
    let leaf = prop_oneof![field(Just(Vec::new()).boxed()), (0..4_usize).prop_map(Selected::Spread)];
    let one = leaf.prop_recursive(4, 24, 4, move |inner| {
        let below = prop::collection::vec(inner, 1..4).boxed();
        prop_oneof![field(below.clone()), below.prop_map(Selected::Inline)]
    });
    prop::collection::vec(one, 1..4)
}

fn documents() -> impl Strategy<Value = Document> {
    (selections(), prop::collection::vec(selections(), 0..4))
        .prop_map(|(operation, fragments)| Document { operation, fragments })
}

impl Document {
    /// Its text. A fragment may spread those after it, so that none spreads itself; each is spread at the end of
    /// the operation as well, so that all are used. With `inlined`, what is spread stands in the place of the spread.
    fn text(&self, inlined: bool) -> String {
        let mut text = format!("{{ {}", self.set(&self.operation, 0, inlined));
        (0..self.fragments.len()).for_each(|n| text += &self.one(&Selected::Spread(n), 0, inlined));
        text += "}";
        for (n, set) in self.fragments.iter().enumerate().filter(|_| !inlined) {
            text += &format!(" fragment F{n} on T {{ {} }}", self.set(set, n + 1, inlined));
        }
        text
    }

    fn set(&self, set: &[Selected], from: usize, inlined: bool) -> String {
        set.iter().map(|one| self.one(one, from, inlined)).collect()
    }

    fn one(&self, one: &Selected, from: usize, inlined: bool) -> String {
        match one {
            Selected::Field { name, alias, first, skip, below } => {
                let alias = if *alias { "x: " } else { "" };
                let first = first.map_or_else(String::new, |first| format!("(first: {first})"));
                let skip = if *skip { " @skip(if: true)" } else { "" };
                let below =
                    if below.is_empty() { String::new() } else { format!("{{ {} }}", self.set(below, from, inlined)) };
                format!("{alias}{name}{first}{skip} {below} ")
            }
            Selected::Inline(set) => format!("... {{ {} }} ", self.set(set, from, inlined)),
            Selected::Spread(n) if *n < from || *n >= self.fragments.len() => "b ".to_owned(),
            Selected::Spread(n) if inlined => {
                format!("... on T {{ {} }} ", self.set(&self.fragments[*n], n + 1, inlined))
            }
            Selected::Spread(n) => format!("...F{n} "),
        }
    }
}

fn weigh(text: &str) -> Cost {
    structure::weigh(&parsed(text), &NONE).unwrap()
}

fn parsed(text: &str) -> ast::Document {
    ast::Document::parse(text, "document").unwrap()
}

fn counts(cost: &Cost) -> [u64; 9] {
    let Cost { depth, fields, aliases, directives, root_fields, rows, values, inputs, comparisons } = *cost;
    [depth, fields, aliases, directives, root_fields, rows, values, inputs, comparisons]
}

const FIXED: &[&str] =
    &["{", "}", "(", ")", "[", "]", ":", "=", "@", "!", "$", "|", "&", "...", "\"\"", "\"a\\\"{\\\\\"", "\"\"\"\"\"\""];

/// One of what a document is made of, or what looks like it.
fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(FIXED).prop_map(str::to_owned),
        "[_A-Za-z][_0-9A-Za-z]{0,8}",
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,4})?(e[+-]?[0-9]{1,2})?",
        "\"[ -!#-\\[\\]-~é💥]{0,9}\"",
        "\"\"\"( |a|\"a|\\\\\"\"\"|\n|\\{|#){0,6}\n\"\"\"",
    ]
}

fn ignored() -> impl Strategy<Value = String> {
    prop_oneof![Just(" ".to_owned()), "[ ,\t\n\r\u{feff}]{1,4}", "#[ -~é]{0,9}\n"]
}

proptest! {
    #[test]
    fn a_fragment_costs_what_it_would_cost_in_the_place_of_each_spread(document in documents()) {
        let (spread, inlined) = (weigh(&document.text(false)), weigh(&document.text(true)));
        // Only comparisons are made once for each fragment.
        prop_assert!(spread.comparisons <= inlined.comparisons);
        prop_assert_eq!(Cost { comparisons: 0, ..spread }, Cost { comparisons: 0, ..inlined });
    }

    #[test]
    fn a_selection_more_never_costs_less(document in documents(), more in selections(), place in any::<prop::sample::Index>()) {
        let before = weigh(&document.text(false));
        let mut longer = document;
        let sets = 1 + longer.fragments.len();
        match place.index(sets) {
            0 => longer.operation.extend(more),
            n => longer.fragments[n - 1].extend(more),
        }
        let after = weigh(&longer.text(false));
        prop_assert!(counts(&before).iter().zip(counts(&after)).all(|(before, after)| *before <= after));
    }

    #[test]
    fn weighing_takes_steps_in_proportion_to_the_text(document in documents()) {
        let text = document.text(false);
        prop_assert!(steps(&parsed(&text), &NONE) <= text.len() as u64);
    }

    #[test]
    fn tokens_are_those_that_another_lexer_finds(parts in prop::collection::vec((token(), ignored()), 0..40)) {
        let text: String = parts.iter().map(|(token, ignored)| format!("{token}{ignored}")).collect();
        let (found, errors) = Lexer::new(&text).lex();
        prop_assert!(errors.is_empty(), "{:?}: {:?}", text, errors);
        let count = found.iter().filter(|token| is_token(token.kind())).count() as u64;
        prop_assert_eq!(count, parts.len() as u64);
        let of = |tokens| scan(&text, &Limits { tokens, ..NONE });
        prop_assert_eq!(of(count), Ok(count));
        if let Some(allowed) = count.checked_sub(1) {
            prop_assert_eq!(of(allowed), Err(Exceeded { limit: "tokens", allowed, asked: count }));
        }
    }

    #[test]
    fn no_text_stops_the_scanners(text in any::<String>(), quoted in "[\"\\\\{#.\n\u{feff}é]{0,40}", most in 0..20_u64) {
        let limits = Limits { tokens: most, inputs: most, depth: most, name_bytes: most, ..NONE };
        for text in [text, quoted] {
            for exceeded in [scan(&text, &limits).err(), scan_json(text.as_bytes(), &limits).err()].into_iter().flatten() {
                prop_assert!(exceeded.asked > exceeded.allowed);
            }
        }
    }

    #[test]
    fn a_refusal_names_the_limit_and_both_numbers(document in documents(), most in 1..8_u64) {
        let cost = weigh(&document.text(false));
        let limits = Limits { depth: most, fields: most, aliases: most, inputs: most, comparisons: most, ..NONE };
        let Err(exceeded) = cost.check(&limits) else { return Ok(()) };
        prop_assert!(exceeded.asked > exceeded.allowed && counts(&cost).contains(&exceeded.asked));
        let error = ServerError::from(exceeded);
        for told in [exceeded.limit.to_owned(), exceeded.asked.to_string(), exceeded.allowed.to_string()] {
            prop_assert!(error.message.contains(&told), "{}", error.message);
        }
    }
}

fn is_token(kind: TokenKind) -> bool {
    !matches!(kind, TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma | TokenKind::Eof)
}
