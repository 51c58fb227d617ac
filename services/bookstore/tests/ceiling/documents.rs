//! Random documents: valid ones of apollo-smith over the committed graphs, and what can be made of them.

use apollo_parser::Parser;
use apollo_smith::{Document, DocumentBuilder, Unstructured};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::families::BYTES;
use crate::services::Service;

/// What a random document is made from: so many random bytes at most.
const SEED_BYTES: usize = 3_000;

/// Makes documents for both services.
pub struct Documents {
    books: Document,
    customers: Document,
}

/// A valid operation, taken apart.
struct Operation {
    root: &'static str,
    keyword: &'static str,
    /// What is selected, without the braces around it.
    selected: String,
}

impl Documents {
    pub fn new() -> Self {
        Self {
            books: graph(include_str!("../../../../graph/sdl/books.graphql")),
            customers: graph(include_str!("../../../../graph/sdl/customers.graphql")),
        }
    }

    /// The body of a request of at most 64 KiB. The same seed makes the same one.
    pub fn request(&self, service: Service, seed: u64) -> Vec<u8> {
        let mut rng = Rng::with_seed(seed);
        loop {
            let document = mutated(&self.operation(service, &mut rng), &mut rng);
            let extensions = if rng.bool() { json!({"cost": true}) } else { Value::Null };
            let request = json!({"query": document, "variables": variables(&mut rng), "extensions": extensions});
            let body = request.to_string().into_bytes();
            if body.len() <= BYTES {
                return body;
            }
        }
    }

    fn operation(&self, service: Service, rng: &mut Rng) -> Operation {
        let graph = match service {
            Service::Books => &self.books,
            Service::Customers => &self.customers,
        };
        // Now and then the bytes do not suffice for a document.
        loop {
            let bytes: Vec<u8> = (0..rng.usize(64..SEED_BYTES)).map(|_| rng.u8(..)).collect();
            let mut source = Unstructured::new(&bytes);
            let builder = DocumentBuilder::with_document(&mut source, graph.clone());
            if let Ok(Some(operation)) = builder.and_then(|mut builder| builder.operation_definition()) {
                return Operation::apart(&String::from(operation));
            }
        }
    }
}

impl Operation {
    fn apart(text: &str) -> Self {
        let is_mutation = text.trim_start().starts_with("mutation");
        let (root, keyword) = if is_mutation { ("Mutation", "mutation") } else { ("Query", "query") };
        let (_, selected) = text.split_once('{').unwrap();
        Self { root, keyword, selected: selected.trim_end().strip_suffix('}').unwrap().to_owned() }
    }
}

fn graph(sdl: &str) -> Document {
    let tree = Parser::new(&plain(sdl)).parse();
    assert_eq!(tree.errors().count(), 0, "the committed graph");
    Document::try_from(tree.document()).unwrap()
}

/// The graph without what apollo-smith does not know: a union becomes a type of which one can ask the name, and a field
/// of a scalar of our own one of numbers.
fn plain(sdl: &str) -> String {
    let without_unions =
        sdl.lines().map(|line| match line.strip_prefix("union ").and_then(|rest| rest.split_once(' ')) {
            Some((name, _)) => format!("type {name} {{ __typename: String! }}\n"),
            None => format!("{line}\n"),
        });
    let scalars = sdl.lines().filter_map(|line| line.strip_prefix("scalar "));
    scalars.fold(without_unions.collect(), |sdl: String, name| sdl.replace(&format!(": {name}"), ": Float"))
}

/// The operation as it is, or one of the ways to make it worse.
fn mutated(operation: &Operation, rng: &mut Rng) -> String {
    let Operation { root, keyword, selected } = operation;
    let times = rng.usize(1..60);
    match rng.u8(0..10) {
        0..3 => format!("{keyword} {{ {selected} }}"),
        3 => format!("{keyword} {{ {} }}", selected.repeat(times)),
        4 => format!(
            "{keyword} {{ {selected} {} }}",
            (0..times).map(|n| format!("a{n}: __typename ")).collect::<String>()
        ),
        5 => {
            let spread = |level| format!("...F{level} ").repeat(1 + times % 4);
            let levels = rng.usize(1..30);
            let fragments =
                (0..levels).map(|n| format!("fragment F{n} on {root} {{ {} }} ", spread(n + 1))).collect::<String>();
            format!("{keyword} {{ {} }} {fragments} fragment F{levels} on {root} {{ {selected} }}", spread(0))
        }
        6 => {
            let (open, close) =
                (format!("... on {root} @include(if: true) {{ ").repeat(times % 20), "} ".repeat(times % 20));
            format!("{keyword} {{ {open} {selected} {close} }}")
        }
        7 => format!("{keyword} {{ __schema {{ types {{ fields {{ type {{ fields {{ name }} }} }} }} }} {selected} }}"),
        8 => broken(&format!("{keyword} Q($v: Int = 1) {{ {selected} }}"), rng),
        _ => format!("query A {{ __typename }} {keyword} B($v: [String!]) {{ {selected} }}"),
    }
}

/// The text with some characters gone, doubled or exchanged.
fn broken(text: &str, rng: &mut Rng) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..rng.usize(1..5) {
        let at = rng.usize(0..characters.len());
        match rng.u8(0..3) {
            0 => characters.truncate(at.max(1)),
            1 => characters.insert(at, characters[at]),
            _ => characters[at] = *rng.choice(&['{', '}', '"', '$', '#', '\u{0}', '💥', '.', '1']).unwrap(),
        }
    }
    characters.into_iter().collect()
}

fn variables(rng: &mut Rng) -> Value {
    match rng.u8(0..6) {
        0 => json!({"v": vec![rng.i64(..); rng.usize(0..3_000)]}),
        1 => json!({"v": "é".repeat(rng.usize(0..9_000))}),
        2 => json!({"v": {"a": [[{"b": null}]]}, "unknown": 1.5e300}),
        _ => Value::Null,
    }
}
