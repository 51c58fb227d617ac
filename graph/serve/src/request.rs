//! Reading a request (GraphQL over HTTP, section 5): its parameters, and the document in it.

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::parser::{Error as ParseError, parse_query};
use async_graphql::{Request as GraphqlRequest, ServerError, Variables};
use serde::Deserialize;

use crate::ceiling::cost::{Cost, cost};
use crate::ceiling::{Exceeded, Limits, scan};
use crate::errors::Code;

/// How many characters of the parser's complaint a client reads.
const SYNTAX_MAX: usize = 200;

/// A request that never reached a resolver: what is wrong with it, and the HTTP status when the answer's
/// media type lets it show (`application/json` answers hide a faulty document behind 200).
pub(crate) struct Refused {
    pub(crate) error: Box<ServerError>,
    pub(crate) faulty_document: bool,
}

/// The parameters of a request, by name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GraphRequest {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What the operation of a request does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Kind(Option<OperationType>);

impl Kind {
    /// Whether it must not be sent by GET.
    pub(crate) fn changes_data(self) -> bool {
        matches!(self.0, Some(OperationType::Mutation | OperationType::Subscription))
    }
}

impl GraphRequest {
    /// The request in the JSON body of a POST.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, Refused> {
        let refused = |what: &str| {
            Refused::request(format!("The body is not a GraphQL request, a JSON object with \"query\": {what}"))
        };
        // From an array, serde would take the parameters in the order of the fields.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(refused("it is an array"));
        }
        serde_json::from_slice(body).map_err(|error| refused(&error.to_string()))
    }

    /// The request in the query string of a GET.
    pub(crate) fn from_query(query: &str) -> Result<Self, Refused> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Parameters {
            query: Option<String>,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
        }
        let refused = |what: &str| Refused::request(format!("The query string is not a GraphQL request: {what}"));
        let found: Parameters = serde_urlencoded::from_str(query).map_err(|error| refused(&error.to_string()))?;
        let object = |text: Option<String>, what| match text.filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => serde_json::from_str(&text).map_err(|_| refused(what)),
        };
        Ok(Self {
            query: found.query.ok_or_else(|| refused("\"query\" is missing"))?,
            operation_name: found.operation_name.filter(|name| !name.is_empty()),
            variables: object(found.variables, "\"variables\" is not a JSON object")?,
            extensions: object(found.extensions, "\"extensions\" is not a JSON object")?,
        })
    }

    /// Parses the document and holds it to the limits; nothing has been validated or run by then.
    pub(crate) fn parse(self, limits: &Limits) -> Result<Parsed, Refused> {
        scan(&self.query, limits).map_err(Refused::limit)?;
        let document = parse_query(&self.query).map_err(Refused::syntax)?;
        let variables = Variables::from_json(serde_json::Value::Object(self.variables.unwrap_or_default()));
        let cost = cost(&document, &variables).map_err(Refused::circle)?;
        cost.check(limits).map_err(Refused::limit)?;
        let kind = Kind(operation_type(&document, self.operation_name.as_deref()));
        let wants_cost = self.extensions.is_some_and(|all| all.get("cost") == Some(&serde_json::Value::Bool(true)));
        let mut request = GraphqlRequest::new(self.query).variables(variables);
        request.operation_name = self.operation_name;
        request.set_parsed_query(document);
        Ok(Parsed { request, kind, cost: wants_cost.then_some(cost) })
    }
}

/// A request that may be run.
pub(crate) struct Parsed {
    pub(crate) request: GraphqlRequest,
    pub(crate) kind: Kind,
    /// What it costs, when the client wants to know.
    pub(crate) cost: Option<Cost>,
}

/// The type of the operation that would run; nothing when the document leaves that open.
fn operation_type(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    let mut candidates = document.operations.iter().filter(|(operation, _)| match (name, operation) {
        (Some(wanted), Some(operation)) => operation.as_str() == wanted,
        (Some(_), None) => false,
        (None, _) => true,
    });
    candidates.next().map(|(_, operation)| operation.node.ty)
}

impl Refused {
    fn request(message: String) -> Self {
        let mut error = ServerError::new(message, None);
        Code::BadRequest.mark(&mut error);
        Self { error: Box::new(error), faulty_document: false }
    }

    /// The parser's own text repeats the line at fault, which may be the whole document; its last line says
    /// what was expected there.
    fn syntax(error: ParseError) -> Self {
        let mut error = ServerError::from(error);
        let what = error.message.lines().last().unwrap_or_default().trim_start_matches([' ', '=']);
        error.message = format!("The document is not GraphQL: {}.", what.chars().take(SYNTAX_MAX).collect::<String>());
        Self::document(error, Code::ParseFailed)
    }

    fn limit(exceeded: Exceeded) -> Self {
        Self { error: Box::new(exceeded.into()), faulty_document: true }
    }

    fn circle(fragment: &str) -> Self {
        let error = ServerError::new(format!("The fragment {fragment:?} spreads itself."), None);
        Self::document(error, Code::ValidationFailed)
    }

    fn document(mut error: ServerError, code: Code) -> Self {
        code.mark(&mut error);
        Self { error: Box::new(error), faulty_document: true }
    }
}
