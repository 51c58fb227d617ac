//! What a customer is: its values, each checked once, when it comes in.

use email_address::{EmailAddress, Options};
use graph_serve::checks::Checks;
use graph_serve::outcome::InvalidInput;

use crate::states::is_state;

/// The most characters of an e-mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const USER_ID_MAX: usize = 254;
/// The most characters of a name.
pub const NAME_MAX: usize = 200;
/// The most characters of a phone number.
pub const PHONE_MAX: usize = 50;
/// The most characters of one line of an address.
pub const ADDRESS_MAX: usize = 200;
/// The most characters of a city's name.
pub const CITY_MAX: usize = 100;
/// The most characters of a ZIP code.
pub const ZIPCODE_MAX: usize = 20;

/// An e-mail address (RFC 5322, section 3.4.1) at a domain with a dot: what a customer signs in with.
///
/// Case does not make another customer.
#[derive(Clone, Debug, PartialEq)]
pub struct UserId {
    written: String,
    key: String,
}

impl UserId {
    /// An e-mail address of up to [`USER_ID_MAX`] characters.
    ///
    /// # Errors
    /// What it must be, to be read after the field's name.
    pub fn try_new(written: &str) -> Result<Self, &'static str> {
        let plain = Options::default().with_required_tld().without_domain_literal().without_display_text();
        if written.chars().count() > USER_ID_MAX || EmailAddress::parse_with_options(written, plain).is_err() {
            return Err("must be an e-mail address");
        }
        Ok(Self { written: written.to_owned(), key: Self::key_of(written) })
    }

    /// What an address is found by, however it was written.
    pub fn key_of(written: &str) -> String {
        written.to_lowercase()
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

/// A customer as it comes in, its texts not yet checked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The e-mail address.
    pub user_id: String,
    /// The name.
    pub name: String,
    /// The phone number.
    pub phone: String,
    /// The first line of the address.
    pub address: String,
    /// The second line of the address, when there is one.
    pub address2: Option<String>,
    /// The city.
    pub city: String,
    /// The state or territory, by its code.
    pub state: String,
    /// The ZIP code.
    pub zipcode: String,
}

/// A customer that may be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCustomer {
    /// The e-mail address.
    pub user_id: UserId,
    /// The name.
    pub name: String,
    /// The phone number.
    pub phone: String,
    /// The first line of the address.
    pub address: String,
    /// The second line of the address, when there is one.
    pub address2: Option<String>,
    /// The city.
    pub city: String,
    /// The state or territory, by its code.
    pub state: String,
    /// The ZIP code.
    pub zipcode: String,
}

impl NewCustomer {
    /// Checks all the fields of a draft.
    ///
    /// # Errors
    /// All the fields at fault.
    pub fn try_new(draft: Draft) -> Result<Self, InvalidInput> {
        let mut checks = Checks::default();
        let user_id = checks.take("userId", UserId::try_new(&draft.user_id));
        let name = checks.text("name", draft.name, NAME_MAX);
        let phone = checks.text("phone", draft.phone, PHONE_MAX);
        let address = checks.text("address", draft.address, ADDRESS_MAX);
        let address2 = match draft.address2 {
            None => Some(None),
            Some(line) => checks.optional_text("address2", line, ADDRESS_MAX).map(Some),
        };
        let city = checks.text("city", draft.city, CITY_MAX);
        let state = checks.take("state", state(draft.state));
        let zipcode = checks.text("zipcode", draft.zipcode, ZIPCODE_MAX);
        let customer = (|| {
            Some(Self {
                user_id: user_id?,
                name: name?,
                phone: phone?,
                address: address?,
                address2: address2?,
                city: city?,
                state: state?,
                zipcode: zipcode?,
            })
        })();
        checks.finish(customer)
    }
}

fn state(code: String) -> Result<String, &'static str> {
    match is_state(&code) {
        true => Ok(code),
        false => Err("must be the two-letter code of a US state or territory, such as PA"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_make_another_customer() {
        let (a, b) = (UserId::try_new("Groot@Example.com").unwrap(), UserId::try_new("groot@example.com").unwrap());
        assert_eq!(a.key(), b.key());
        assert_eq!(a.written(), "Groot@Example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("a@{}.com", "b".repeat(260));
        let texts = [
            "",
            " ",
            "groot",
            "groot@",
            "@example.com",
            "a b@example.com",
            "a@b@example.com",
            "groot@localhost",
            "Groot <groot@example.com>",
            "groot@[127.0.0.1]",
            "groot@example..com",
            "groot@.com",
            &long,
        ];
        for text in texts {
            assert!(UserId::try_new(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let draft = Draft {
            user_id: "groot".into(),
            name: String::new(),
            phone: " ".into(),
            address: "a".repeat(ADDRESS_MAX + 1),
            address2: Some("b".repeat(ADDRESS_MAX + 1)),
            city: "\t".into(),
            state: "Pennsylvania".into(),
            zipcode: String::new(),
        };
        let refused = NewCustomer::try_new(draft).unwrap_err();
        let fields: Vec<&str> = refused.fields.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["userId", "name", "phone", "address", "address2", "city", "state", "zipcode"]);
    }
}
