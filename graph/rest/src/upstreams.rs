//! The services that answer a client's documents.

use graph_call::Upstream;

use crate::operation::Unfit;

/// Services by their names.
#[derive(Clone, Default)]
pub struct Upstreams(Vec<(&'static str, Upstream)>);

impl Upstreams {
    /// These services, each by its name.
    pub fn new(all: impl IntoIterator<Item = (&'static str, Upstream)>) -> Self {
        Self(all.into_iter().collect())
    }

    /// The service called `name`, with calls that are counted as those of `part`.
    ///
    /// # Errors
    /// [`Unfit`] when it is not among them.
    pub(crate) fn called_by(&self, part: &'static str, name: &str) -> Result<Upstream, Unfit> {
        let found = self.0.iter().find(|(one, _)| *one == name);
        found
            .map(|(_, upstream)| upstream.called_by(part))
            .ok_or_else(|| Unfit(format!("{part} knows no service {name}")))
    }
}
