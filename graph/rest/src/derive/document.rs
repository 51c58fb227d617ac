//! What a document says to a request: read in its graph.

use apollo_compiler::ast::{InputValueDefinition, Type, Value as Literal};
use apollo_compiler::executable::{Field as Selected, Operation as Executable, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::{ExecutableDocument, Node, Schema};
use graph_call::Document;

use super::graph::{Graph, Told, one_line};
use crate::client::{Ask, Change, Instead};
use crate::field::{Field, Kind, Shape, spoken};
use crate::operation::{AFTER, Body, IF_VERSION, KEY, LIMIT, Operation, Parameter, Refusal};

/// The interface of all that says why nothing was done.
const REFUSED: &str = "Refused";

/// A document that fits its graph.
struct Read<'a> {
    graph: &'a Graph<'a>,
    document: &'a ExecutableDocument,
    operation: &'a Executable,
    changes: &'a [Change],
}

/// Where a variable is used: the argument, and its name with those around it.
struct Use<'a> {
    graph: String,
    argument: &'a InputValueDefinition,
}

/// What a document says to a request at `path`.
///
/// # Errors
/// What it must be or have, to be read after its name.
pub(super) fn operation(
    graph: &Graph<'_>,
    text: &Document,
    ask: &Ask,
    path: &str,
    changes: &[Change],
) -> Result<Operation, String> {
    let document = ExecutableDocument::parse_and_validate(&graph.schema, text.text, text.operation)
        .map_err(|invalid| format!("does not fit the graph:\n{}", invalid.errors))?;
    let operation = document.operations.iter().next().ok_or("has no operation")?;
    Read { graph, document: &document, operation, changes }.operation(*text, ask, path)
}

impl<'a> Read<'a> {
    fn operation(&self, text: Document, ask: &Ask, path: &str) -> Result<Operation, String> {
        let row = self.row(ask)?;
        let (mut parameters, mut body) = (Vec::new(), None);
        for variable in &self.operation.variables {
            let (name, ty) = (variable.name.as_str(), &variable.ty);
            if self.set_by_the_handler(name, ask) {
                continue;
            }
            match self.graph.schema.types.get(ty.inner_named_type()) {
                Some(ExtendedType::InputObject(_)) => {
                    body = Some(match (ask, &row) {
                        (Ask::Do(..) | Ask::Accept(..), _) => self.own_body(name, ty.inner_named_type())?,
                        (_, Some(row)) => self.body(name, ty.inner_named_type(), row)?,
                        (_, None) => return Err("has a body, but nothing that is saved".to_owned()),
                    });
                }
                _ => parameters.push(self.parameter(name, ty, path, row.as_ref())?),
            }
        }
        self.complete(ask, path, &parameters, body.is_some())?;
        let about =
            |name: &str| self.graph.schema.types.get(name).and_then(|one| one.description().map(|text| one_line(text)));
        let root = self.operation.selection_set.root_fields(self.document).next();
        let about_root = root.and_then(|field| field.definition.description.as_deref().map(one_line));
        Ok(Operation {
            service: self.graph.source.service,
            about_service: about("Query").unwrap_or_default(),
            about: about_root.unwrap_or_default(),
            document: text,
            row,
            parameters,
            body,
            refusals: self.refusals()?,
        })
    }

    fn set_by_the_handler(&self, variable: &str, ask: &Ask) -> bool {
        match ask {
            Ask::List(_) => [LIMIT, AFTER].contains(&variable),
            Ask::Read(_) | Ask::Export(_) | Ask::Show(_) | Ask::Follow(_) | Ask::Do(..) => false,
            Ask::Create(..) | Ask::Accept(..) => variable == KEY,
            Ask::Replace(_) | Ask::Delete(_) => variable == IF_VERSION,
        }
    }

    /// Holds the variables to what the handler of such a request sends.
    fn complete(&self, ask: &Ask, path: &str, parameters: &[Parameter], body: bool) -> Result<(), String> {
        let has = |name: &str| self.operation.variables.iter().any(|one| one.name == name);
        let wanted: &[&str] = match ask {
            Ask::List(_) => &[LIMIT, AFTER],
            Ask::Read(_) | Ask::Export(_) | Ask::Show(_) | Ask::Follow(_) | Ask::Do(..) => &[],
            Ask::Create(..) | Ask::Accept(..) => &[KEY],
            Ask::Replace(_) | Ask::Delete(_) => &[IF_VERSION],
        };
        if let Some(missing) = wanted.iter().find(|name| !has(name)) {
            return Err(format!("must have the variable ${missing}"));
        }
        if matches!(ask, Ask::Create(..) | Ask::Accept(..) | Ask::Replace(_)) != body && !matches!(ask, Ask::Do(..)) {
            return Err("must have a variable of an input type for the body, if there is one".to_owned());
        }
        let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        if let Some(unused) = in_path.into_iter().find(|name| !parameters.iter().any(|one| one.field.rest == **name)) {
            return Err(format!("must have the variable ${unused}, as the path has it"));
        }
        let lists = self.operation.variables.iter().filter(|one| one.ty.is_list() && one.name != IF_VERSION).count();
        let wanted = usize::from(matches!(ask, Ask::Read(_) | Ask::Export(_) | Ask::Follow(_)));
        if lists != wanted || (wanted == 1 && self.operation.variables.len() != 1) {
            return Err(
                "must have one list of keys as its only variable if it looks something up, and no list otherwise"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The thing that the document selects.
    fn row(&self, ask: &Ask) -> Result<Option<Shape>, String> {
        let roots = &self.operation.selection_set;
        let below = |set: &'a SelectionSet, name: &str| {
            let found = self.flat(set).into_iter().find(|field| field.response_key() == name);
            found.map(|field| &field.selection_set).ok_or_else(|| format!("must select {name}"))
        };
        Ok(match ask {
            Ask::List(_) => {
                let page = below(roots, "page")?;
                let info = below(page, "pageInfo")?;
                below(info, "hasNextPage").and_then(|_| below(info, "endCursor"))?;
                Some(self.shape(below(page, "nodes")?)?)
            }
            Ask::Read(_) => Some(self.versioned(below(roots, "found")?)?),
            Ask::Export(_) | Ask::Show(_) => Some(self.shape(below(roots, "found")?)?),
            Ask::Follow(_) => {
                let shape = self.shape(below(roots, "found")?)?;
                match &shape.fields[..] {
                    [Field { kind: Kind::List(_), .. }] => Some(shape),
                    _ => return Err("must select one list, and nothing else".to_owned()),
                }
            }
            Ask::Accept(..) => Some(self.shape(below(below(roots, "result")?, "saved")?)?),
            Ask::Create(..) | Ask::Replace(_) => Some(self.versioned(below(below(roots, "result")?, "saved")?)?),
            Ask::Delete(_) => {
                below(roots, "result")?;
                None
            }
            Ask::Do(..) => {
                let saved = below(below(roots, "result")?, "saved").ok();
                saved.map(|saved| self.shape(saved)).transpose()?
            }
        })
    }

    fn versioned(&self, set: &'a SelectionSet) -> Result<Shape, String> {
        let shape = self.shape(set)?;
        if shape.versioned { Ok(shape) } else { Err("must select the version first, for the entity tag".to_owned()) }
    }

    fn shape(&self, set: &'a SelectionSet) -> Result<Shape, String> {
        let name = set.ty.to_string();
        let about = self.graph.schema.types.get(&set.ty).and_then(|one| one.description().map(|text| one_line(text)));
        let (mut fields, mut versioned) = (Vec::new(), false);
        for (nth, selected) in self.flat(set).into_iter().enumerate() {
            if selected.name == "version" && nth == 0 {
                versioned = true;
                continue;
            }
            let told = Told::of_field(&selected.definition);
            let below = &selected.selection_set;
            let below = if below.is_empty() { None } else { Some(self.shape(below)?) };
            let mut field = self.graph.field(&name, selected.response_key(), &told, below)?;
            if told.ty.is_list() {
                field.kind = Kind::List(Box::new(field.kind));
            }
            fields.push(self.changed(&name, field)?);
        }
        Ok(Shape { name, about: about.unwrap_or_default(), fields, versioned })
    }

    /// A field of a type, which may be something else to the client.
    fn changed(&self, ty: &str, mut field: Field) -> Result<Field, String> {
        let of = format!("{ty}.{}", field.graph);
        field.change = self.changes.iter().find(|change| change.of == of).map(|change| change.to);
        match (field.change, &mut field.kind) {
            (None, _) | (Some(_), Kind::Text) => Ok(field),
            // To the client there are no others.
            (Some(change), Kind::Choice(choices)) => {
                choices.iter_mut().for_each(|one| *one = change.shown(one).to_owned());
                Ok(field)
            }
            _ => Err(format!("selects {of}, which is no text and cannot be changed")),
        }
    }

    /// The fields of a selection with those of its fragments, each response key once.
    fn flat(&self, set: &'a SelectionSet) -> Vec<&'a Node<Selected>> {
        let mut found: Vec<&Node<Selected>> = Vec::new();
        for selection in &set.selections {
            let more = match selection {
                Selection::Field(field) => vec![field],
                Selection::InlineFragment(fragment) => self.flat(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    spread.fragment_def(self.document).map(|one| self.flat(&one.selection_set)).unwrap_or_default()
                }
            };
            for field in more {
                if !found.iter().any(|known| known.response_key() == field.response_key()) {
                    found.push(field);
                }
            }
        }
        found
    }

    fn parameter(&self, name: &str, ty: &Type, path: &str, row: Option<&Shape>) -> Result<Parameter, String> {
        let used = self.used(name).ok_or_else(|| format!("must use ${name} as an argument"))?;
        let told = Told { ty, ..Told::of_input(used.argument) };
        let mut field = self.graph.field("", name, &told, None)?;
        field.graph = used.graph;
        // Of no type: the first that has a field of this name.
        let types = self.graph.examples.as_object().into_iter().flatten();
        field.example = types.into_iter().find_map(|(_, one)| one.get(told.name)).cloned();
        // What a thing says of the field by which it is looked up is more than the argument says, and its codes are known.
        if let Some(known) = row.and_then(|row| row.fields.iter().find(|known| known.rest == name)) {
            field.change = known.change;
            if ty.is_list() {
                field = Field { optional: field.optional, graph: field.graph, ..known.clone() };
            }
        }
        let in_path = path.contains(&format!("{{{name}}}"));
        Ok(Parameter { in_path, field })
    }

    /// Where a variable is used first.
    fn used(&self, variable: &str) -> Option<Use<'a>> {
        fn within<'a>(schema: &'a Schema, at: Use<'a>, value: &Literal, variable: &str) -> Option<Use<'a>> {
            match value {
                Literal::Variable(name) if name == variable => Some(at),
                Literal::Object(entries) => {
                    let input = schema.get_input_object(at.argument.ty.inner_named_type())?;
                    entries.iter().find_map(|(name, value)| {
                        let graph = format!("{}.{name}", at.graph);
                        within(schema, Use { graph, argument: input.fields.get(name)? }, value, variable)
                    })
                }
                _ => None,
            }
        }
        self.operation.selection_set.root_fields(self.document).find_map(|field| {
            field.arguments.iter().find_map(|argument| {
                let known = field.definition.arguments.iter().find(|known| known.name == argument.name)?;
                within(
                    &self.graph.schema,
                    Use { graph: known.name.to_string(), argument: known },
                    &argument.value,
                    variable,
                )
            })
        })
    }

    /// A body is of the mutation's input type, whose fields have the names that the document gives those of the thing.
    fn body(&self, variable: &str, input: &str, row: &Shape) -> Result<Body, String> {
        let input = self.graph.schema.get_input_object(input).ok_or("has no input type")?;
        let seen = |graph: &str| row.fields.iter().find(|field| field.graph == graph);
        let mut fields = Vec::new();
        for told in input.fields.values() {
            let known = seen(&told.name);
            let rest = known.map_or(told.name.as_str(), |field| field.rest.as_str());
            let mut field = self.graph.field(&row.name, rest, &Told::of_input(told), None)?;
            if let Some(known) = known.filter(|known| known.change.is_some()) {
                (field.change, field.kind) = (known.change, known.kind.clone());
            }
            fields.push(field);
        }
        // What is shown of a field under its name, such as its beginning, is not sent back: the field is.
        let is_written = |seen: &Field| fields.iter().any(|field| field.graph == seen.graph || field.rest == seen.rest);
        let given: Vec<Field> = row.fields.iter().filter(|field| !is_written(field)).cloned().collect();
        Ok(Body {
            variable: variable.to_owned(),
            name: format!("New{}", row.name),
            thing: spoken(&row.name),
            about: input.description.as_deref().map(one_line).unwrap_or_default(),
            given,
            fields,
        })
    }

    /// A body that is of no thing: the input type of a mutation as it is.
    fn own_body(&self, variable: &str, name: &str) -> Result<Body, String> {
        let input = self.graph.schema.get_input_object(name).ok_or("has no input type")?;
        Ok(Body {
            variable: variable.to_owned(),
            name: name.to_owned(),
            thing: spoken(name.trim_end_matches("Input")),
            about: input.description.as_deref().map(one_line).unwrap_or_default(),
            given: Vec::new(),
            fields: input.fields.values().map(|told| self.written(name, told)).collect::<Result<_, _>>()?,
        })
    }

    /// A field of an input type, which may have fields of its own.
    fn written(&self, of: &str, told: &InputValueDefinition) -> Result<Field, String> {
        let (told, within) = (Told::of_input(told), self.graph.schema.get_input_object(told.ty.inner_named_type()));
        let shape = |input: &InputObjectType| {
            let fields = input.fields.values().map(|told| self.written(&input.name, told));
            let about = input.description.as_deref().map(one_line).unwrap_or_default();
            Ok::<_, String>(Shape {
                name: input.name.to_string(),
                about,
                fields: fields.collect::<Result<_, _>>()?,
                versioned: false,
            })
        };
        let mut field = self.graph.field(of, told.name, &told, within.map(|input| shape(input)).transpose()?)?;
        if told.ty.is_list() {
            field.kind = Kind::List(Box::new(field.kind));
        }
        let named = self.changes.iter().find(|change| change.of == format!("{of}.{}", told.name));
        match named.map(|change| change.to) {
            Some(Instead::Name(name)) => Ok(Field { rest: name.to_owned(), ..field }),
            _ => self.changed(of, field),
        }
    }

    /// What the result of a mutation can say of why nothing was done.
    fn refusals(&self) -> Result<Vec<Refusal>, String> {
        let result = self.operation.selection_set.root_fields(self.document).next();
        let union = result.and_then(|field| self.graph.schema.get_union(field.definition.ty.inner_named_type()));
        let members = union.into_iter().flat_map(|union| &union.members);
        let refused = members.filter(|member| {
            let object = self.graph.schema.get_object(member.name.as_str());
            object.is_some_and(|object| object.implements_interfaces.iter().any(|one| one.name == REFUSED))
        });
        let named = |name: &str| {
            Refusal::of(name).ok_or_else(|| format!("can be refused as {name}, a name that tells no reason"))
        };
        refused.map(|member| named(&member.name)).collect()
    }
}
