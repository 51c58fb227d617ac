//! Reading a request (GraphQL over HTTP, section 5): its parameters, and the document that it asks for.

use async_graphql::{ServerError, Variables};
use serde::Deserialize;

use crate::ceiling::structure::Fault;
use crate::ceiling::{Exceeded, Limits, scan_json};
use crate::errors::{self, Code, ERRORS_MAX};

/// How many characters of a complaint about JSON a client reads.
const COMPLAINT_MAX: usize = 200;

/// A request that never reached a resolver: what is wrong with it, and where.
pub(crate) struct Refused {
    pub(crate) errors: Vec<ServerError>,
    pub(crate) at: At,
}

/// What of a request is at fault. The HTTP status follows, when the answer's media type lets it show (`application/json`
/// answers hide all but the first behind 200).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum At {
    /// It is no GraphQL request.
    Request,
    /// Its document, or the variables.
    Document,
    /// Who sent it may not run it.
    Caller,
}

/// How a request names its document.
pub(crate) enum Asked {
    /// By its text.
    ByText(String),
    /// By the id under which a manifest has it.
    ById(String),
}

/// The parameters of a request, by name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GraphRequest {
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    document_id: Option<String>,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

impl GraphRequest {
    /// The request in the JSON body of a POST.
    pub(crate) fn from_json(body: &[u8], limits: &Limits) -> Result<Self, Refused> {
        let refused = |what: &str| {
            let what: String = what.chars().take(COMPLAINT_MAX).collect();
            Refused::request(format!("The body is not a GraphQL request, a JSON object with \"query\": {what}"))
        };
        // From an array, serde would take the parameters in the order of the fields.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(refused("it is an array"));
        }
        scan_json(body, limits)?;
        serde_json::from_slice(body).map_err(|error| refused(&error.to_string()))
    }

    /// The request in the query string of a GET.
    pub(crate) fn from_query(query: &str, limits: &Limits) -> Result<Self, Refused> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Parameters {
            query: Option<String>,
            document_id: Option<String>,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
        }
        let refused = |what: &str| Refused::request(format!("The query string is not a GraphQL request: {what}"));
        let found: Parameters = serde_urlencoded::from_str(query).map_err(|error| refused(&error.to_string()))?;
        let object = |text: Option<String>, what| match text.filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => {
                scan_json(text.as_bytes(), limits)?;
                serde_json::from_str(&text).map_err(|_| refused(what))
            }
        };
        Ok(Self {
            query: found.query,
            document_id: found.document_id,
            operation_name: found.operation_name,
            variables: object(found.variables, "\"variables\" is not a JSON object")?,
            extensions: object(found.extensions, "\"extensions\" is not a JSON object")?,
        })
    }

    /// What the request is made of: the document that it asks for, and what is to be done with it.
    pub(crate) fn take(self) -> Result<(Asked, Call), Refused> {
        let is_persisted = self.extensions.as_ref().is_some_and(|all| all.contains_key("persistedQuery"));
        let asked = match (self.query, self.document_id) {
            (None, None) if is_persisted => return Err(Refused::not_persisted()),
            (Some(text), None) => Asked::ByText(text),
            (None, Some(id)) => Asked::ById(id),
            (Some(_), Some(_)) => {
                return Err(Refused::request("Give \"query\" or \"documentId\", not both.".to_owned()));
            }
            (None, None) => {
                let message = "The document is missing: \"query\" has its text, or \"documentId\" its id.";
                return Err(Refused::request(message.to_owned()));
            }
        };
        let wants_cost = self.extensions.is_some_and(|all| all.get("cost") == Some(&serde_json::Value::Bool(true)));
        let variables = Variables::from_json(serde_json::Value::Object(self.variables.unwrap_or_default()));
        Ok((asked, Call { operation: self.operation_name.filter(|name| !name.is_empty()), variables, wants_cost }))
    }
}

/// What is to be done with a document.
pub(crate) struct Call {
    /// The name of the operation, when one is given.
    pub(crate) operation: Option<String>,
    /// The values of its variables.
    pub(crate) variables: Variables,
    /// Whether the client wants to know what it costs.
    pub(crate) wants_cost: bool,
}

impl Refused {
    fn request(message: String) -> Self {
        Self { at: At::Request, ..Self::one(ServerError::new(message, None), Code::BadRequest) }
    }

    pub(crate) fn unknown_document() -> Self {
        let message = "No document is known by this id; the manifest that has it must be given to the service.";
        Self { at: At::Request, ..Self::one(ServerError::new(message, None), Code::DocumentNotFound) }
    }

    /// The refusal of a hash alone, in the words by which clients of automatic persisted queries know that they must send the
    /// text.
    fn not_persisted() -> Self {
        Self::one(ServerError::new("PersistedQueryNotSupported", None), Code::PersistedQueryNotSupported)
    }

    pub(crate) fn untrusted() -> Self {
        let message = "Only trusted documents are run here, sent by their \"documentId\".";
        Self { at: At::Request, ..Self::one(ServerError::new(message, None), Code::DocumentNotTrusted) }
    }

    /// The refusal of a document with a field that is not for its caller.
    pub(crate) fn not_allowed(field: &str) -> Self {
        let message = format!("{field} is not for you: your role does not allow it.");
        Self { at: At::Caller, ..Self::one(ServerError::new(message, None), Code::NotAllowed) }
    }

    fn one(mut error: ServerError, code: Code) -> Self {
        code.mark(&mut error);
        Self::from(error)
    }

    /// What is wrong, in one text.
    pub(crate) fn message(&self) -> String {
        self.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        let message = match fault {
            Fault::Deep(exceeded) => return Self::from(exceeded),
            Fault::Circle(fragment) => format!("The fragment {fragment:?} spreads itself."),
            Fault::Unused(fragment) => format!("The fragment {fragment:?} is never used."),
        };
        Self::one(ServerError::new(message, None), Code::ValidationFailed)
    }
}

impl From<Exceeded> for Refused {
    fn from(exceeded: Exceeded) -> Self {
        Self::from(ServerError::from(exceeded))
    }
}

impl From<ServerError> for Refused {
    fn from(error: ServerError) -> Self {
        Self::from(vec![error])
    }
}

/// A document that does not fit the schema, or values that do not fit its variables.
impl From<Vec<ServerError>> for Refused {
    fn from(mut errors: Vec<ServerError>) -> Self {
        errors.truncate(ERRORS_MAX);
        errors.iter_mut().for_each(errors::complete_refusal);
        Self { errors, at: At::Document }
    }
}
