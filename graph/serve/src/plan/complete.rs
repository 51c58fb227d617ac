//! What the library leaves undone in an answer: the order of fields, which is that of the document (GraphQL
//! specification, section 6.3), null in the place of a field that failed or around it (section 6.4.4), and `{}` for
//! an object of which nothing is selected.
//!
//! The library puts fields down as they are done, and leaves out those that fail. Rows that were written at once
//! are complete.

use apollo_compiler::ast::Type;
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, PathSegment, Response, ServerError, Value};

use super::{Key, Member, Plan, Selected};
use crate::type_key::TYPE;

/// What stands around a value must be null, because of the error in this place among those that are kept.
#[derive(Debug)]
struct MustBeNull(usize);

/// Errors, each by its number and its path from the value at hand.
type Failed<'a> = Vec<(usize, &'a [PathSegment])>;

/// An answer that is being completed.
#[derive(Default)]
struct Completing {
    /// The errors in the order of the document, without those of fields beside one that made null what is around both.
    kept: Vec<Option<usize>>,
}

impl Plan {
    /// The response to this operation, or to a step of it, completed.
    pub(crate) fn completed(&self, mut response: Response) -> Response {
        let Some(root) = self.root.0.first() else { return response };
        let mut errors = std::mem::take(&mut response.errors);
        find_places(&mut errors, root, &response.data);
        let failed: Failed<'_> = errors.iter().map(|error| error.path.as_slice()).enumerate().collect();
        let (lost, failed): (Failed<'_>, Failed<'_>) = failed.into_iter().partition(|(_, path)| path.is_empty());
        if response.data == Value::Null {
            response.data = Value::Object(IndexMap::new());
        }
        let mut completing = Completing { kept: lost.iter().map(|(nth, _)| Some(*nth)).collect() };
        if let Value::Object(object) = &mut response.data
            && completing.object(object, root, &failed).is_err()
        {
            response.data = Value::Null;
        }
        let mut errors: Vec<_> = errors.into_iter().map(Some).collect();
        response.errors = completing.kept.into_iter().flatten().filter_map(|nth| errors[nth].take()).collect();
        response
    }
}

/// Gives errors without a path that of a field at the root which is missing for no other reason: the library does not
/// say where an argument of introspection was null.
fn find_places(errors: &mut [ServerError], root: &Member, data: &Value) {
    for key in &root.keys {
        let is_there = matches!(data, Value::Object(object) if object.contains_key(&key.name));
        if !is_there
            && !errors.iter().any(|error| key.is(error.path.first()))
            && let Some(lost) = errors.iter_mut().find(|error| error.path.is_empty())
        {
            lost.path.push(PathSegment::Field(key.name.to_string()));
        }
    }
}

impl Completing {
    /// Completes a value of type `ty`, of which `below` is selected.
    fn value(&mut self, value: &mut Value, ty: &Type, below: &Selected, failed: &Failed<'_>) -> Result<(), MustBeNull> {
        let completed = match value {
            _ if failed.iter().any(|(_, path)| path.is_empty()) => Err(self.keep(failed)),
            // The library gave up on the whole list for the sake of an item.
            Value::Null if ty.is_list() && !failed.is_empty() => Err(self.keep(failed)),
            // All fields of an object failed.
            Value::Null if !failed.is_empty() => {
                let mut object = IndexMap::new();
                let completed = below.of(&object).map_or(Ok(()), |member| self.object(&mut object, member, failed));
                *value = Value::Object(object);
                completed
            }
            Value::Object(object) => match below.of(object) {
                Some(member) => self.object(object, member, failed),
                None => Ok(()),
            },
            Value::List(items) => self.list(items, ty.item_type(), below, failed),
            _ => Ok(()),
        };
        completed.or_else(|why| {
            *value = Value::Null;
            if ty.is_non_null() { Err(why) } else { Ok(()) }
        })
    }

    fn object(
        &mut self,
        object: &mut IndexMap<Name, Value>,
        member: &Member,
        failed: &Failed<'_>,
    ) -> Result<(), MustBeNull> {
        let is_complete =
            object.len() == member.keys.len() && object.keys().zip(&member.keys).all(|(found, key)| *found == key.name);
        if !is_complete {
            Self::arrange(object, member, failed);
        }
        let mut worst = Ok(());
        for key in member.keys.iter().filter(|key| !failed.is_empty() || !key.below.0.is_empty()) {
            let Some(value) = object.get_mut(&key.name) else { continue };
            let failed = below(failed, |step| key.is(Some(step)));
            let completed = self.value(value, &key.ty, &key.below, &failed);
            worst = self.worst(worst, completed);
        }
        worst
    }

    /// Puts the fields of an object into the order of the document, with null for those that failed.
    fn arrange(object: &mut IndexMap<Name, Value>, member: &Member, failed: &Failed<'_>) {
        let mut found = std::mem::take(object);
        for key in &member.keys {
            let has_failed = || failed.iter().any(|(_, path)| key.is(path.first()));
            if let Some(value) = found.swap_remove(&key.name).or_else(|| has_failed().then_some(Value::Null)) {
                object.insert(key.name.clone(), value);
            }
        }
    }

    fn list(
        &mut self,
        items: &mut [Value],
        ty: &Type,
        selected: &Selected,
        failed: &Failed<'_>,
    ) -> Result<(), MustBeNull> {
        let mut worst = Ok(());
        for (nth, item) in items.iter_mut().enumerate() {
            let failed = below(failed, |step| matches!(step, PathSegment::Index(index) if *index == nth));
            let completed = self.value(item, ty, selected, &failed);
            worst = self.worst(worst, completed);
        }
        worst
    }

    /// Keeps these errors; the first is the one that counts.
    fn keep(&mut self, failed: &Failed<'_>) -> MustBeNull {
        let first = self.kept.len();
        self.kept.extend(failed.iter().map(|(nth, _)| Some(*nth)));
        MustBeNull(first)
    }

    /// Of two that make null what is around them, the first does, and only its error is told.
    fn worst(&mut self, one: Result<(), MustBeNull>, other: Result<(), MustBeNull>) -> Result<(), MustBeNull> {
        match (one, other) {
            (Err(first), Err(MustBeNull(second))) => {
                self.kept[second] = None;
                Err(first)
            }
            (one, other) => one.and(other),
        }
    }
}

impl Key {
    /// Whether a step of a path leads to it.
    fn is(&self, step: Option<&PathSegment>) -> bool {
        matches!(step, Some(PathSegment::Field(name)) if *name == *self.name)
    }
}

impl Selected {
    /// What is selected on the object at hand.
    fn of(&self, object: &IndexMap<Name, Value>) -> Option<&Member> {
        match (&self.0[..], object.get(TYPE)) {
            ([only], _) => Some(only),
            (several, Some(Value::String(name))) => several.iter().find(|member| member.object == name.as_str()),
            _ => None,
        }
    }
}

/// The errors below a step, each with the rest of its path.
fn below<'a>(failed: &Failed<'a>, is_step: impl Fn(&PathSegment) -> bool) -> Failed<'a> {
    let rest = |(nth, path): &(usize, &'a [PathSegment])| {
        let (first, rest) = path.split_first()?;
        is_step(first).then_some((*nth, rest))
    };
    failed.iter().filter_map(rest).collect()
}
