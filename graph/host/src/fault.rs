//! Where in a request something is wrong.

use std::borrow::Cow;

use serde::Serialize;

/// One thing that is wrong with a request: where, and a sentence about it that begins behind the name.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    #[serde(flatten)]
    place: Place,
    message: Cow<'static, str>,
}

/// A place in a request, as the one member that says it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    /// In the body: a JSON pointer (RFC 6901).
    Pointer(String),
    /// In the path or the query string: the parameter's name.
    Parameter(String),
    /// In the head: the header's name.
    Header(&'static str),
}

impl Fault {
    /// A field of the body.
    pub fn in_field(name: &str, message: impl Into<Cow<'static, str>>) -> Self {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        Self { place: Place::Pointer(pointer), message: message.into() }
    }

    /// The body as a whole.
    pub fn in_body(message: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Pointer(String::new()), message: message.into() }
    }

    /// A parameter of the path or the query string.
    pub fn in_parameter(name: &str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Parameter(name.to_owned()), message: message.into() }
    }

    /// A header.
    pub fn in_header(name: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Header(name), message: message.into() }
    }
}
