//! What an account is: its values, each checked once, when it comes in.

use std::fmt;

use email_address::{EmailAddress, Options};
use graph_serve::checks::Checks;
use graph_serve::outcome::InvalidInput;
use passwords::analyzer::is_common_password;

/// The most characters of an e-mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// The most characters of a name.
pub const NAME_MAX: usize = 200;
/// How many characters a password has.
pub const PASSWORD_LENGTHS: std::ops::RangeInclusive<usize> = 8..=128;

/// What somebody is to the bookstore, once they have an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq, async_graphql::Enum, serde::Serialize)]
pub enum Role {
    /// Buys books.
    Buyer,
    /// Sells books, and may buy some.
    Seller,
    /// Looks after everything.
    Admin,
}

impl Role {
    const ALL: [Self; 3] = [Self::Buyer, Self::Seller, Self::Admin];

    /// Its name in tokens and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// An e-mail address (RFC 5322, section 3.4.1) at a domain with a dot: what somebody signs in with. Case does not make another
/// one.
#[derive(Clone, Debug, PartialEq)]
pub struct Email {
    written: String,
    key: String,
}

impl Email {
    /// An address of up to [`EMAIL_MAX`] characters, also in small letters, of which there may be more.
    ///
    /// # Errors
    /// What it must be, to be read after the field's name.
    pub fn try_new(written: &str) -> Result<Self, &'static str> {
        let plain = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let key = written.to_lowercase();
        let fits = written.chars().count() <= EMAIL_MAX && key.chars().count() <= EMAIL_MAX;
        if !fits || EmailAddress::parse_with_options(written, plain).is_err() {
            return Err("must be an e-mail address");
        }
        Ok(Self { written: written.to_owned(), key })
    }

    /// The address as it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The address in small letters: the same for all spellings.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A password that may be kept, as a hash. Nothing shows it.
#[derive(Clone, PartialEq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl Password {
    /// A new password of whoever has this address. It has 8 to 128 characters, and is neither one of the 100,000 commonest nor
    /// the address (NIST SP 800-63B, section 5.1.1.2).
    ///
    /// # Errors
    /// What it must be, to be read after the field's name.
    pub fn try_new(text: String, email: Option<&Email>) -> Result<Self, &'static str> {
        if !PASSWORD_LENGTHS.contains(&text.chars().count()) {
            return Err("must have 8 to 128 characters");
        }
        let small = text.to_lowercase();
        if is_common_password(&text) || is_common_password(&small) {
            return Err("is one of the commonest passwords; take another one");
        }
        let is_email = |email: &Email| {
            let local = email.key().rsplit_once('@').map(|(local, _)| local);
            small == email.key() || Some(&*small) == local
        };
        match email.is_some_and(is_email) {
            true => Err("must not be the e-mail address"),
            false => Ok(Self(text)),
        }
    }

    /// A password that somebody says is theirs.
    pub fn claimed(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether any password can be this one: what is longer is never hashed.
    pub(crate) fn can_be(&self) -> bool {
        self.0.chars().count() <= *PASSWORD_LENGTHS.end()
    }
}

/// An account as it comes in, its texts not yet checked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The e-mail address.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What they are to the bookstore.
    pub role: Option<Role>,
    /// The password, when one is set.
    pub password: Option<Password>,
}

/// An account that may be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAccount {
    /// The e-mail address.
    pub email: Email,
    /// What they are called.
    pub name: String,
    /// What they are to the bookstore; as it was, or a buyer, when it is not said.
    pub role: Option<Role>,
    /// The password, when one is set.
    pub password: Option<Password>,
}

impl NewAccount {
    /// Checks all the fields of a draft, of which the password must be there if it is `required`.
    ///
    /// # Errors
    /// All the fields at fault.
    pub fn try_new(draft: Draft) -> Result<Self, InvalidInput> {
        let mut checks = Checks::default();
        let email = checks.take("email", Email::try_new(&draft.email));
        let name = checks.text("name", draft.name, NAME_MAX);
        let password = match draft.password {
            None => Some(None),
            Some(Password(text)) => checks.take("password", Password::try_new(text, email.as_ref())).map(Some),
        };
        let account = || Some(Self { email: email?, name: name?, role: draft.role, password: password? });
        checks.finish(account())
    }
}
