//! Pieces of JSON.

use std::borrow::Cow;

/// A text, borrowed unless it has escapes.
#[derive(serde::Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);
