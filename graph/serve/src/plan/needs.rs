//! Which roles an operation needs: those that may use each of its fields.

use std::collections::HashSet;

use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use graph_host::identity::Roles;
use graph_host::rights::Rights;

/// What somebody must be to run an operation.
#[derive(Debug, Default)]
pub(super) struct Needs(Vec<Need>);

/// One of these roles, for this field and for others.
#[derive(Debug)]
struct Need {
    roles: Roles,
    field: String,
}

impl Needs {
    /// What `operation` needs, whatever its variables are.
    pub(super) fn of(document: &ExecutableDocument, operation: &Operation, rights: &Rights) -> Self {
        let mut walk = Walk { document, rights, met: HashSet::new(), needs: Self::default() };
        walk.set(&operation.selection_set);
        walk.needs
    }

    /// The first field that is not for these roles.
    pub(super) fn refuse(&self, roles: Roles) -> Option<&str> {
        self.0.iter().find(|need| !roles.meet(need.roles)).map(|need| need.field.as_str())
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    rights: &'a Rights,
    /// The fragments that were walked already.
    met: HashSet<&'a str>,
    needs: Needs,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                // What an object is, and what a schema is made of, are no data.
                Selection::Field(field) if field.name == "__typename" || set.ty.starts_with("__") => {}
                Selection::Field(field) => {
                    let name = format!("{}.{}", set.ty, field.name);
                    let roles = self.rights.to(&name).roles();
                    if !self.needs.0.iter().any(|need| need.roles == roles) {
                        self.needs.0.push(Need { roles, field: name });
                    }
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    if self.met.insert(&spread.fragment_name)
                        && let Some(fragment) = spread.fragment_def(self.document)
                    {
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }
}
