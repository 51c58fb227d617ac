//! Whether documents travel as text or by id.

use std::str::FromStr;

/// Which documents a service runs, and how a client sends its own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Mode {
    /// Any document is run; a client sends the text of its documents.
    #[default]
    Open,
    /// Only documents of the manifests are run; a client sends their ids.
    Trusted,
}

/// A text that is no [`Mode`].
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("must be open or trusted")]
pub struct ModeUnknown;

impl FromStr for Mode {
    type Err = ModeUnknown;

    fn from_str(text: &str) -> Result<Self, ModeUnknown> {
        match text {
            "open" => Ok(Self::Open),
            "trusted" => Ok(Self::Trusted),
            _ => Err(ModeUnknown),
        }
    }
}
