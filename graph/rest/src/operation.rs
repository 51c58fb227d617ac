//! What a document of a client says to a request: its parameters, its body, what it answers with, what can be refused.

use graph_call::{CallError, Document};
use graph_host::problem::Problem;

use crate::client::Ask;
use crate::field::{Field, Shape};

/// Why a client's table, its documents and the graphs do not fit together.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(pub(crate) String);

/// A method at a path.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) ask: Ask,
    pub(crate) operation: Operation,
}

/// What a document says.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: &'static str,
    /// What the graph says of its queries.
    pub(crate) about_service: String,
    /// What the graph says of its field at the root.
    pub(crate) about: String,
    pub(crate) document: Document,
    /// What it answers with, when it does.
    pub(crate) row: Option<Shape>,
    /// Its variables that are parameters of the request.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) refusals: Vec<Refusal>,
}

/// A variable that is a parameter of the path or of the query string.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) in_path: bool,
    pub(crate) field: Field,
}

/// A variable that is the body of the request.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) variable: String,
    /// The name of its schema.
    pub(crate) name: String,
    /// What people call such a thing.
    pub(crate) thing: String,
    /// The description of its type in the graph.
    pub(crate) about: String,
    /// The fields that the bookstore sets itself, which may be sent back.
    pub(crate) given: Vec<Field>,
    pub(crate) fields: Vec<Field>,
}

/// Why a mutation did nothing: the values of the enum `Refusal` in every graph.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Refusal {
    Taken,
    NotFound,
    Changed,
    KeyReused,
    Invalid,
    Exists,
    Credentials,
    NotAllowed,
    TooMany,
    PriceChanged,
    Conflict,
}

impl Refusal {
    /// All of them, each by what is in the names of the types that tell it.
    const NAMED: [(&str, Self); 11] = [
        ("PriceChanged", Self::PriceChanged),
        ("Conflict", Self::Conflict),
        ("Taken", Self::Taken),
        ("NotFound", Self::NotFound),
        ("Changed", Self::Changed),
        ("KeyReused", Self::KeyReused),
        ("Invalid", Self::Invalid),
        ("Exists", Self::Exists),
        ("Credentials", Self::Credentials),
        ("NotAllowed", Self::NotAllowed),
        ("TooMany", Self::TooMany),
    ];

    /// The one that a type with this name tells.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(part, _)| name.contains(part)).map(|(_, refusal)| *refusal)
    }
}

/// The most characters of a text that the bookstore sets itself, when it is sent back. It is not looked at.
pub(crate) const GIVEN_MAX: usize = 1024;

/// The most things in a list that the bookstore sets itself, when it is sent back. They are not looked at.
pub(crate) const GIVEN_ITEMS_MAX: usize = 1000;

/// The variables that are neither parameters nor a body.
pub(crate) const LIMIT: &str = "limit";
pub(crate) const AFTER: &str = "after";
pub(crate) const KEY: &str = "idempotencyKey";
pub(crate) const IF_VERSION: &str = "ifVersion";

impl Endpoint {
    /// The name of what it answers with in the OpenAPI document: that of its type, of which an export is more than others see.
    pub(crate) fn schema(&self) -> Option<&str> {
        match self.ask {
            Ask::Export(document) => Some(document),
            // What it answers with is no JSON.
            Ask::Follow(_) => None,
            _ => self.operation.row.as_ref().map(|row| row.name.as_str()),
        }
    }

    /// The path at which what a request made or replaced is found.
    pub(crate) fn place(&self) -> &'static str {
        match self.ask {
            Ask::Create(_, place) | Ask::Accept(_, place) => place,
            _ => self.path,
        }
    }
}

/// The problem of a call that failed, blamed on the one of `parameters` whose value the service refused: its words begin with
/// the name of the argument.
pub(crate) fn blamed(error: CallError, parameters: &[Parameter]) -> Problem {
    if let CallError::BadInput { reason, .. } = &error {
        let of = |parameter: &Parameter| {
            let what = reason.strip_prefix(&parameter.field.graph)?.strip_prefix(' ')?;
            Some(Problem::bad_parameter(&parameter.field.rest, what.trim_end_matches('.').to_owned()))
        };
        if let Some(problem) = parameters.iter().find_map(of) {
            return problem;
        }
    }
    error.into()
}
