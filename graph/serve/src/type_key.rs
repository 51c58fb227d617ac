//! The name that a type goes by inside an answer that is being made.

/// The response key under which an object says what it is, where a document does not ask for that itself. No document
/// can, since this is no name.
pub(crate) const TYPE: &str = " type";
