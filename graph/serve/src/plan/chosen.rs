//! Which part of a document is meant.

use async_graphql::Variables;

/// Which selections count.
#[derive(Clone, Copy)]
pub(super) enum Chosen<'a> {
    /// All, whatever their directives say: what holds for any variables.
    All,
    /// Those that @skip and @include leave with these variables, defaults included.
    With(&'a Variables),
}
