//! Who somebody is: their name, and which roles they have.

use std::sync::Arc;

/// What somebody is to the bookstore.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Has no token at all.
    Nobody,
    /// Looks around, with a token that says no more.
    Guest,
    /// Buys.
    Buyer,
    /// Sells, and may buy.
    Seller,
    /// Looks after everything.
    Admin,
}

impl Role {
    /// All of them, in the order of the columns in the table of rights.
    pub const ALL: [Self; 5] = [Self::Nobody, Self::Guest, Self::Buyer, Self::Seller, Self::Admin];

    /// Its name in tokens; nobody has a token.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Guest => "guest",
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Admin => "admin",
        }
    }

    /// The role that a token calls so.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().skip(1).find(|role| role.name() == name)
    }
}

/// One role or several.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Roles(u8);

impl Roles {
    /// None at all.
    pub(crate) const NONE: Self = Self(0);

    /// Those with these names, of which others are passed over.
    pub(crate) fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().filter_map(Role::named).fold(Self::NONE, Self::and)
    }

    pub(crate) fn and(self, role: Role) -> Self {
        Self(self.0 | Self::from(role).0)
    }

    /// Whether it has this role.
    pub fn has(self, role: Role) -> bool {
        self.meet(role.into())
    }

    /// Whether these and `others` have a role in common.
    pub fn meet(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self(1 << role as u8)
    }
}

/// Who somebody is, as their token says.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The token's subject; empty for who has none.
    pub subject: Arc<str>,
    /// What they are.
    pub roles: Roles,
    /// The session that the token is of, when it is of one.
    pub session: Option<Arc<str>>,
}

impl Identity {
    /// Who has no token.
    pub fn nobody() -> Self {
        Self { subject: Arc::from(""), roles: Role::Nobody.into(), session: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_those_that_are_named_and_known() {
        let some = Roles::named(["buyer", "admin", "nobody", "Guest", ""]);
        let has: Vec<Role> = Role::ALL.into_iter().filter(|role| some.has(*role)).collect();
        assert_eq!(has, [Role::Buyer, Role::Admin]);
        assert!(some.meet(Role::Admin.into()) && !some.meet(Roles::NONE));
    }
}
