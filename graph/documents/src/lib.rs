//! A client's documents and their manifest.
//!
//! The build script of a BFF calls [`build`], which turns its folder of `.graphql` files into a Rust constant and
//! into a [`Manifest`]: each document's text, and its id, the hash of that text. A BFF may then send ids in the place
//! of texts, and a service that was given the manifest knows the documents behind them (GraphQL over HTTP, appendix A:
//! persisted documents).

mod build;
mod mode;
mod read;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use build::build;
pub use mode::{Mode, ModeUnknown};
pub use read::read;

/// The documents of one client.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Manifest {
    /// The name of the client.
    pub client: String,
    /// Its documents, sorted by service and name.
    pub documents: Vec<Document>,
}

/// A document with one operation.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Document {
    /// The service that answers it.
    pub service: String,
    /// The name of its operation.
    pub operation: String,
    /// `sha256:` and the SHA-256 hash of the text, in hexadecimal digits.
    pub id: String,
    /// The text.
    pub text: String,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// A sentence, when the text is no manifest, or a document's id is not that of its text.
    pub fn read(json: &str) -> Result<Self, String> {
        let manifest: Self = serde_json::from_str(json).map_err(|error| format!("is not a manifest: {error}"))?;
        match manifest.documents.iter().find(|document| document.id != id(&document.text)) {
            Some(changed) => Err(format!("has a document {} whose text does not fit its id", changed.operation)),
            None => Ok(manifest),
        }
    }
}

/// The id of a document: `sha256:` and the hash of its text in hexadecimal digits.
pub fn id(text: &str) -> String {
    "sha256:".to_owned() + &HEXLOWER.encode(&Sha256::digest(text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn ids_are_hashes() {
        // The first test vector of FIPS 180-2, appendix B.
        assert_eq!(id("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_manifest_whose_text_was_changed_is_refused() {
        let document = |text: &str| Document {
            service: "plants".to_owned(),
            operation: "Q".to_owned(),
            id: id("query Q { a }"),
            text: text.to_owned(),
        };
        let read = |text: &str| {
            let manifest = Manifest { client: "web-bff".to_owned(), documents: vec![document(text)] };
            Manifest::read(&serde_json::to_string(&manifest).unwrap())
        };
        assert!(read("query Q { a }").is_ok());
        assert_eq!(read("query Q { b }"), Err("has a document Q whose text does not fit its id".to_owned()));
    }
}
