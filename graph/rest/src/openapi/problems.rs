//! The error answers, each described once.

use serde_json::{Value, json};

use super::parameters::headers;

/// An error answer: its status, its name in the document, what it means, the headers that it has.
struct Refusal {
    status: u16,
    name: &'static str,
    about: &'static str,
    headers: &'static [&'static str],
}

const REFUSALS: &[Refusal] = &[
    plain(400, "BadRequest", "The client type, a parameter or the body is not valid."),
    Refusal { headers: &["WWW-Authenticate"], ..plain(401, "Unauthorized", "There is no valid bearer token.") },
    plain(403, "Forbidden", "It is not for who asks."),
    plain(404, "NotFound", "There is none."),
    plain(406, "NotAcceptable", "`Accept` does not allow `application/json`."),
    plain(408, "RequestTimeout", "The request did not arrive in time."),
    plain(
        409,
        "Conflict",
        "Who signs up has an account already, or what is asked for cannot be in the state in which things are.",
    ),
    plain(412, "PreconditionFailed", "It was changed since: `If-Match` no longer names its state."),
    plain(413, "ContentTooLarge", "The body has more than 1 MiB."),
    plain(415, "UnsupportedMediaType", "The body is not declared as `application/json`."),
    plain(
        422,
        "Taken",
        "The ISBN or the user ID belongs to another one, the price is another one than was shown, or the idempotency key belongs to another body.",
    ),
    Refusal { headers: &["Retry-After"], ..plain(429, "TooManyRequests", "This subject asks too often.") },
    plain(500, "InternalError", "A fault of the bookstore."),
    plain(502, "BadGateway", "A service gave an answer that makes no sense."),
    Refusal { headers: &["Retry-After"], ..plain(503, "Unavailable", "A service is away.") },
    plain(504, "GatewayTimeout", "A service did not answer in time."),
];

/// What any request may get.
pub(crate) const ALWAYS: &[u16] = &[400, 401, 406, 408, 429, 500, 502, 503, 504];
/// What a request with a body may get besides.
pub(crate) const WITH_BODY: &[u16] = &[413, 415];

const fn plain(status: u16, name: &'static str, about: &'static str) -> Refusal {
    Refusal { status, name, about, headers: &[] }
}

/// All error answers, by the names under which operations refer to them.
pub(crate) fn all() -> Value {
    let described = |refusal: &Refusal| {
        json!({
            "description": refusal.about,
            "headers": headers(refusal.headers),
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        })
    };
    REFUSALS.iter().map(|refusal| (refusal.name.to_owned(), described(refusal))).collect()
}

/// References to the error answers with these status codes.
pub(crate) fn refer<'a>(statuses: impl IntoIterator<Item = &'a u16>) -> impl Iterator<Item = (String, Value)> {
    let found = statuses.into_iter().filter_map(|status| REFUSALS.iter().find(|refusal| refusal.status == *status));
    found.map(|refusal| {
        (refusal.status.to_string(), json!({ "$ref": format!("#/components/responses/{}", refusal.name) }))
    })
}
