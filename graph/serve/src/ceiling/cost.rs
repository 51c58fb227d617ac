//! What a document asks for, in numbers.

use serde::Serialize;

use super::{Exceeded, Limits};

/// What a document, or a part of it, asks for. Counts stop at the largest number rather than overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// How deep its fields are nested.
    pub depth: u64,
    /// Its fields.
    pub fields: u64,
    /// Its aliases.
    pub aliases: u64,
    /// Its directives.
    pub directives: u64,
    /// The fields of its operations' roots.
    pub root_fields: u64,
    /// The rows that the operation may lead to.
    pub rows: u64,
    /// The values of its answer: the fields of each of the rows.
    pub values: u64,
    /// The values of its arguments and variables, those of a variable wherever it is used.
    pub inputs: u64,
    /// The fields of each of its selections, which are all compared, to see whether they go together.
    pub comparisons: u64,
}

impl Cost {
    /// Holds the document to the limits.
    ///
    /// # Errors
    /// The first limit that it does not keep.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Exceeded> {
        Exceeded::check("depth", self.depth, limits.depth)?;
        Exceeded::check("fields", self.fields, limits.fields)?;
        Exceeded::check("aliases", self.aliases, limits.aliases)?;
        Exceeded::check("directives", self.directives, limits.directives)?;
        Exceeded::check("root fields", self.root_fields, limits.root_fields)?;
        Exceeded::check("rows", self.rows, limits.rows)?;
        Exceeded::check("values", self.values, limits.values)?;
        Exceeded::check("inputs", self.inputs, limits.inputs)?;
        Exceeded::check("comparisons", self.comparisons, limits.comparisons)
    }

    /// This and another part of the same selection.
    pub(super) fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            root_fields: self.root_fields.saturating_add(other.root_fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            rows: self.rows.saturating_add(other.rows),
            values: self.values.saturating_add(other.values),
            inputs: self.inputs.saturating_add(other.inputs),
            ..self
        }
    }

    /// A field with `self` selected on it, that many times.
    pub(super) fn on_each(self, rows: u64) -> Self {
        let times = |count: u64| count.saturating_mul(rows.max(1));
        Self {
            rows: times(self.rows).saturating_add(rows),
            values: times(self.values).saturating_add(1),
            inputs: times(self.inputs),
            ..self
        }
    }

    /// This, which a document costs whatever its variables are, with what its plan costs with them.
    pub(crate) fn with_plan(self, plan: Self) -> Self {
        let Self { rows, values, inputs, .. } = plan;
        Self { rows, values, inputs: inputs.max(self.inputs), ..self }
    }
}
