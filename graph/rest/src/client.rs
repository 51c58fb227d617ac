//! A client as data: what it asks for at which path, by which documents, and where it differs.

use graph_call::Document;

/// A client of the bookstore, as its BFF knows it. All that is not said here follows from its documents and from the
/// graphs that they are for.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The name of its BFF: in the log, as a process, and, in capitals, of the setting of its address.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Its port unless a setting says otherwise.
    pub port: u16,
    /// The values of `X-Client-Type` that are this client.
    pub types: &'static [&'static str],
    /// The services that answer it, and their ports unless settings say otherwise.
    pub services: &'static [(&'static str, u16)],
    /// The manifest of its documents: their texts, and the ids by which services know them.
    pub manifest: &'static str,
    /// Its documents, by the service that answers them.
    pub sources: &'static [Source],
    /// Its paths, and what can be asked for at each.
    pub routes: &'static [Route],
    /// The fields that are not to it what they are in the graph.
    pub changes: &'static [Change],
}

/// The documents for one service, as the client's build script puts them together.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The name of the service.
    pub service: &'static str,
    /// Its graph.
    pub sdl: &'static str,
    /// Examples of its types: a JSON object of objects, by the names of types and fields.
    pub examples: &'static str,
    /// The documents.
    pub documents: &'static [Document],
}

/// A path, with parameters such as `{ISBN}`, and what can be asked for there: each method once.
pub type Route = (&'static str, &'static [Ask]);

/// What a request does, with the name of the document that does it. A variable of the document that is called as a
/// parameter of the path is that; the others are parameters of the query string, but for the body and those named here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ask {
    /// GET: all things, or a page of them. The document has `page`, a connection, and the variables `$limit` and `$after`.
    List(&'static str),
    /// GET: one thing by its key, which is the document's only variable, a list; it looks up `found`.
    Read(&'static str),
    /// GET: the same without a version, and so without an entity tag: all of a thing, to be taken along. No cache keeps it.
    Export(&'static str),
    /// POST: a new thing, then found at this path, whose parameters are those of the request or fields of the thing. The
    /// document has a `result` that can be `saved`, a variable of an input type, and `$idempotencyKey`.
    Create(&'static str, &'static str),
    /// GET: something that is no thing with a key, such as what is free. The document looks up `found`; its variables are
    /// parameters. No cache keeps it.
    Show(&'static str),
    /// GET: what becomes of one thing, as server-sent events (WHATWG HTML, section 9.2). The document looks it up as for
    /// [`Self::Export`] and selects one list, which only grows: each of its items is an event.
    Follow(&'static str),
    /// POST: the wish for something that takes a while (202), then found at this path, whose parameters are fields of the
    /// answer. The document has a `result` that can be `saved`, a variable of an input type, and `$idempotencyKey`.
    Accept(&'static str, &'static str),
    /// PUT: a thing replaced. The document has a `result` that can be `saved`, a variable of an input type, and `$ifVersion`.
    Replace(&'static str),
    /// DELETE: a thing removed. The document has a `result`, and the variable `$ifVersion`.
    Delete(&'static str),
    /// A mutation that is none of these, by this method, and with this status when it is done: 200, 201, 202 or 204. The document
    /// has a `result`; what is `saved` in it is the answer, and a variable of an input type is the body. No cache keeps
    /// the answer.
    Do(&'static str, &'static str, u16),
}

impl Ask {
    /// The name of the document.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::List(name) | Self::Read(name) | Self::Create(name, _) | Self::Replace(name) => name,
            Self::Delete(name) | Self::Export(name) | Self::Do(_, name, _) => name,
            Self::Show(name) | Self::Follow(name) | Self::Accept(name, _) => name,
        }
    }

    /// The method of the request.
    pub fn method(&self) -> &'static str {
        match self {
            Self::List(_) | Self::Read(_) | Self::Export(_) | Self::Show(_) | Self::Follow(_) => "get",
            Self::Create(..) | Self::Accept(..) => "post",
            Self::Replace(_) => "put",
            Self::Delete(_) => "delete",
            Self::Do(method, ..) => method,
        }
    }
}

/// A field that is something else to one client.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// The field in the graph, as `Type.field`; a text, or one of several, or any field of an input type that gets a name.
    pub of: &'static str,
    /// What it is to the client.
    pub to: Instead,
}

/// What a client gets in the place of a text, or of a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Instead {
    /// A code for each of these texts: pairs of a text and its code. Both are taken from the client.
    Codes(&'static [(&'static str, &'static str)]),
    /// Another name, for a field of an input type that no document selects.
    Name(&'static str),
}

impl Instead {
    /// What the client gets.
    pub(crate) fn shown<'a>(&self, text: &'a str) -> &'a str {
        match self {
            Self::Codes(codes) => codes.iter().find(|(one, _)| *one == text).map_or(text, |(_, code)| code),
            Self::Name(_) => text,
        }
    }

    /// What the client meant.
    pub(crate) fn meant<'a>(&self, text: &'a str) -> &'a str {
        match self {
            Self::Codes(codes) => codes.iter().find(|(_, code)| *code == text).map_or(text, |(one, _)| one),
            Self::Name(_) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_taken_back_and_other_texts_stay() {
        let codes = Instead::Codes(&[("blue", "1"), ("red", "2")]);
        assert_eq!(["blue", "red", "green", "1"].map(|text| codes.shown(text)), ["1", "2", "green", "1"]);
        assert_eq!(["1", "2", "green", "blue"].map(|text| codes.meant(text)), ["blue", "red", "green", "blue"]);
    }
}
