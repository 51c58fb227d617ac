//! A service's graph: what it tells of fields and arguments.

use apollo_compiler::Schema;
use apollo_compiler::ast::{DirectiveList, FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use graph_call::Document;
use serde_json::Value;

use crate::client::Source;
use crate::field::{Bounds, Field, Kind, Shape};
use crate::operation::Unfit;

/// A graph, and the client's documents for it.
pub(super) struct Graph<'a> {
    pub(super) source: &'a Source,
    pub(super) schema: Valid<Schema>,
    pub(super) examples: Value,
}

impl<'a> Graph<'a> {
    /// Reads a graph.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn read(source: &'a Source) -> Result<Self, Unfit> {
        let unfit = |what: String| Unfit(format!("the graph of {}: {what}", source.service));
        let schema = Schema::parse_and_validate(source.sdl, source.service)
            .map_err(|invalid| unfit(invalid.errors.to_string()))?;
        let examples = serde_json::from_str(source.examples).map_err(|error| unfit(error.to_string()))?;
        Ok(Self { source, schema, examples })
    }

    /// The document with an operation of this name.
    pub(super) fn document(&self, name: &str) -> Option<&'a Document> {
        self.source.documents.iter().find(|document| document.operation == name)
    }

    /// A field as clients see it, whose name is `rest` to them.
    /// It is of a `shape` when it has fields of its own.
    pub(super) fn field(&self, of: &str, rest: &str, told: &Told<'_>, shape: Option<Shape>) -> Result<Field, String> {
        let bounds = bounds(told.directives);
        let named = told.ty.inner_named_type();
        let kind = match (named.as_str(), self.schema.types.get(named)) {
            _ if shape.is_some() => shape.map_or(Kind::Text, Kind::Object),
            ("String", _) => Kind::Text,
            ("Int", _) => Kind::Integer,
            ("Float", _) => Kind::Float,
            ("Boolean", _) => Kind::Boolean,
            ("ID", _) if bounds.format.as_deref() == Some("int64") => Kind::Number,
            ("Decimal", _) => Kind::Decimal,
            (_, Some(ExtendedType::Scalar(_))) => Kind::Text,
            (_, Some(ExtendedType::Enum(choice))) => {
                Kind::Choice(choice.values.keys().map(ToString::to_string).collect())
            }
            (other, _) => return Err(format!("has {rest}, a {other}, which is not known here")),
        };
        Ok(Field {
            rest: rest.to_owned(),
            graph: told.name.to_owned(),
            kind,
            optional: !told.ty.is_non_null(),
            about: told.about.map(one_line).unwrap_or_default(),
            bounds,
            example: self.examples.get(of).and_then(|examples| examples.get(told.name)).cloned(),
            change: None,
        })
    }
}

/// What a graph tells of a field or an argument.
pub(super) struct Told<'a> {
    pub(super) name: &'a str,
    pub(super) ty: &'a Type,
    pub(super) directives: &'a DirectiveList,
    pub(super) about: Option<&'a str>,
}

impl<'a> Told<'a> {
    pub(super) fn of_field(field: &'a FieldDefinition) -> Self {
        let about = field.description.as_deref();
        Self { name: &field.name, ty: &field.ty, directives: &field.directives, about }
    }

    pub(super) fn of_input(input: &'a InputValueDefinition) -> Self {
        let about = input.description.as_deref();
        Self { name: &input.name, ty: &input.ty, directives: &input.directives, about }
    }
}

/// The bounds that a graph tells of a field.
fn bounds(directives: &DirectiveList) -> Bounds {
    let mut bounds = Bounds::default();
    for argument in directives.get_all("constraint").flat_map(|one| &one.arguments) {
        let (value, text) = (&argument.value, argument.value.as_str().map(str::to_owned));
        let count = || usize::try_from(value.to_i32()?).ok();
        match argument.name.as_str() {
            "minLength" => bounds.min_length = count(),
            "maxLength" => bounds.max_length = count(),
            "pattern" => bounds.pattern = text,
            "format" => bounds.format = text,
            "min" => bounds.min = value.to_f64(),
            "max" => bounds.max = value.to_f64(),
            _ => {}
        }
    }
    bounds
}

/// A description without its line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
