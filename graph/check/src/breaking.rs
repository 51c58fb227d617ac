//! What was taken away or changed between two versions of a graph, so that a client of the older may break.

use std::fmt;

use apollo_compiler::Name;
use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType};

/// A change that may break a client.
#[derive(Debug, PartialEq)]
pub struct Change {
    /// What a document must use to be struck by it, as a schema coordinate: `Plant.name`, `Query.plant(id:)`.
    pub place: String,
    /// What happened there, to be read after the place.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.what)
    }
}

/// All changes from `old` to `new` that may break a client. What was only added is none.
pub fn breaking(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut found = Found::default();
    for (name, old) in old.types.iter().filter(|(_, one)| !one.is_built_in()) {
        match new.types.get(name) {
            Some(new) => found.in_type(name, old, new),
            None => found.removed(name.to_string()),
        }
    }
    let gone = old.directive_definitions.keys().filter(|name| !new.directive_definitions.contains_key(*name));
    gone.for_each(|name| found.removed(format!("@{name}")));
    found.0
}

#[derive(Default)]
struct Found(Vec<Change>);

impl Found {
    fn note(&mut self, place: String, what: impl Into<String>) {
        self.0.push(Change { place, what: what.into() });
    }

    fn removed(&mut self, place: String) {
        self.note(place, "was removed");
    }

    fn in_type(&mut self, name: &Name, old: &ExtendedType, new: &ExtendedType) {
        match (old, new) {
            (ExtendedType::Object(old), ExtendedType::Object(new)) => self.fields(name, &old.fields, &new.fields),
            (ExtendedType::Interface(old), ExtendedType::Interface(new)) => self.fields(name, &old.fields, &new.fields),
            (ExtendedType::InputObject(old), ExtendedType::InputObject(new)) => {
                let (old, new) = (old.fields.values(), new.fields.values());
                let fields = (old.map(|one| &***one).collect(), new.map(|one| &***one).collect());
                self.inputs(name.as_str(), |field| format!("{name}.{field}"), fields);
            }
            (ExtendedType::Enum(old), ExtendedType::Enum(new)) => {
                let gone = old.values.keys().filter(|value| !new.values.contains_key(*value));
                gone.for_each(|value| self.removed(format!("{name}.{value}")));
            }
            (ExtendedType::Union(old), ExtendedType::Union(new)) => {
                let gone = old.members.iter().filter(|member| !new.members.contains(*member));
                gone.for_each(|member| self.note(name.to_string(), format!("can no longer be {}", member.name)));
            }
            (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
            _ => self.note(name.to_string(), "became another kind of type"),
        }
    }

    fn fields(&mut self, of: &Name, old: &Fields, new: &Fields) {
        for (name, old) in old {
            let place = format!("{of}.{name}");
            let Some(new) = new.get(name) else {
                self.removed(place);
                continue;
            };
            if !readable(&old.ty, &new.ty) {
                self.note(place.clone(), format!("was {}, is {}", old.ty, new.ty));
            }
            let (old, new) = (old.arguments.iter(), new.arguments.iter());
            let arguments = (old.map(|one| &**one).collect(), new.map(|one| &**one).collect());
            self.inputs(&place, |argument| format!("{place}({argument}:)"), arguments);
        }
    }

    /// Arguments of a field, or fields of an input type.
    fn inputs(&mut self, of: &str, place: impl Fn(&Name) -> String, (old, new): (Vec<Input<'_>>, Vec<Input<'_>>)) {
        for old in &old {
            let place = place(&old.name);
            match new.iter().find(|new| new.name == old.name) {
                None => self.removed(place),
                Some(new) if !readable(&new.ty, &old.ty) => {
                    self.note(place, format!("was {}, is {}", old.ty, new.ty));
                }
                Some(new) if new.default_value != old.default_value => self.note(place, "has another default"),
                Some(_) => {}
            }
        }
        let added = new.iter().filter(|new| old.iter().all(|old| old.name != new.name));
        for new in added.filter(|new| new.is_required()) {
            self.note(of.to_owned(), format!("wants a new {}: {}", new.name, new.ty));
        }
    }
}

type Fields = IndexMap<Name, Component<FieldDefinition>>;
type Input<'a> = &'a InputValueDefinition;

/// Whether one who expects the type `old` can take a `new`: the same, or never null where it could be.
fn readable(old: &Type, new: &Type) -> bool {
    match (old, new) {
        (Type::Named(old), Type::Named(new) | Type::NonNullNamed(new))
        | (Type::NonNullNamed(old), Type::NonNullNamed(new)) => old == new,
        (Type::List(old), Type::List(new) | Type::NonNullList(new))
        | (Type::NonNullList(old), Type::NonNullList(new)) => readable(old, new),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "type Query { a(x: Int, y: Int! = 1): [A!]! u: U e(in: I): E s: S } type A { b: Int! c: Int } \
        type B { d: Int } union U = A | B enum E { F G } input I { i: Int j: Int! } scalar S directive @k on FIELD";

    /// What breaks when `from` becomes `to`.
    #[track_caller]
    fn broken(from: &str, to: &str) -> Vec<String> {
        assert!(OLD.contains(from), "{from}");
        let read = |text: &str| Schema::parse_and_validate(text, "graph").unwrap_or_else(|error| panic!("{error}"));
        breaking(&read(OLD), &read(&OLD.replacen(from, to, 1))).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_takes_something_away_is_named() {
        for (from, to, change) in [
            ("c: Int }", "}", "A.c was removed"),
            ("b: Int!", "b: Int", "A.b was Int!, is Int"),
            ("[A!]!", "[A]!", "Query.a was [A!]!, is [A]!"),
            ("[A!]!", "A", "Query.a was [A!]!, is A"),
            ("x: Int,", "", "Query.a(x:) was removed"),
            ("x: Int,", "x: Int!,", "Query.a(x:) was Int, is Int!"),
            ("x: Int,", "x: ID,", "Query.a(x:) was Int, is ID"),
            ("= 1", "= 2", "Query.a(y:) has another default"),
            ("x: Int,", "x: Int, z: Int!,", "Query.a wants a new z: Int!"),
            ("= A | B", "= A", "U can no longer be B"),
            ("{ F G }", "{ F }", "E.G was removed"),
            ("i: Int", "", "I.i was removed"),
            ("i: Int", "i: Int!", "I.i was Int, is Int!"),
            ("i: Int", "i: Int k: Int!", "I wants a new k: Int!"),
            ("scalar S", "enum S { T }", "S became another kind of type"),
            ("directive @k on FIELD", "", "@k was removed"),
        ] {
            assert_eq!(broken(from, to), [change], "{from} -> {to}");
        }
        assert_eq!(broken("s: S } type A", "} type A"), ["Query.s was removed"]);
    }

    #[test]
    fn what_only_adds_or_allows_more_breaks_nothing() {
        for (from, to) in [
            ("c: Int }", "c: Int! n: Int }"),
            ("x: Int,", "x: Int, z: Int, w: Int! = 3,"),
            ("y: Int!", "y: Int"),
            ("j: Int!", "j: Int k: Int"),
            ("{ F G }", "{ F G H }"),
            ("scalar S", "scalar S scalar T"),
        ] {
            assert_eq!(broken(from, to), [""; 0], "{from} -> {to}");
        }
    }
}
