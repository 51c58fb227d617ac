//! What an order is: its values, each checked once, when it comes in, and its price.

use std::ops::RangeInclusive;
use std::str::FromStr;

use async_graphql::Enum;
use email_address::{EmailAddress, Options};
use graph_serve::checks::Checks;
use graph_serve::outcome::InvalidInput;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use store::isbn::Isbn;

/// The most characters of a name.
pub const NAME_MAX: usize = 200;
/// The most characters of an e-mail address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// The most characters of a phone number.
pub const PHONE_MAX: usize = 40;
/// The most characters of a street with its number.
pub const STREET_MAX: usize = 200;
/// The most characters of a city.
pub const CITY_MAX: usize = 100;
/// The most characters of a method of payment.
pub const METHOD_MAX: usize = 100;
/// How many digits the number of an organisation has.
pub const ORG_NUMBER_DIGITS: RangeInclusive<usize> = 6..=20;
/// How many different books an order can have.
pub const PRODUCTS: RangeInclusive<usize> = 1..=50;
/// How many of one book an order can have.
pub const QUANTITY: RangeInclusive<i32> = 1..=1000;
/// The highest price of an order in cents, also in another currency: what GraphQL's `Int` holds.
pub const PRICE_MAX: i64 = i32::MAX as i64;

/// Who buys.
#[derive(Clone, Copy, Debug, Deserialize, Enum, Eq, PartialEq, Serialize)]
pub enum CustomerType {
    /// A person, who pays at once.
    #[graphql(name = "B2C")]
    B2C,
    /// A business in the US, which gets an invoice.
    #[graphql(name = "B2B")]
    B2B,
}

/// Where it is bought.
#[derive(Clone, Copy, Debug, Deserialize, Enum, Eq, PartialEq, Serialize)]
pub enum Market {
    /// The United States: dollars.
    #[graphql(name = "US")]
    Us,
    /// Mexico: pesos.
    #[graphql(name = "MX")]
    Mx,
}

impl CustomerType {
    /// Its name, as it is told and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::B2C => "B2C",
            Self::B2B => "B2B",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::B2C, Self::B2B].into_iter().find(|one| one.name() == name)
    }
}

impl Market {
    /// Its name, as it is told and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Mx => "MX",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Us, Self::Mx].into_iter().find(|one| one.name() == name)
    }

    /// Its currency (ISO 4217).
    pub fn currency(self) -> &'static str {
        match self {
            Self::Us => "USD",
            Self::Mx => "MXN",
        }
    }
}

/// How many pesos a dollar is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate(Decimal);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rate = Decimal::from_str_exact(text).ok().filter(|rate| *rate > Decimal::ZERO && *rate < 10_000.into());
        rate.map(Self).ok_or_else(|| "must be a number above 0 and below 10000".to_owned())
    }
}

impl Rate {
    /// What so many US cents are in the currency of a market, in its cents, rounded half up.
    pub fn local(self, cents: i64, market: Market) -> Option<i64> {
        match market {
            Market::Us => Some(cents),
            Market::Mx => {
                let exact = self.0.checked_mul(cents.into())?;
                exact.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero).to_i64()
            }
        }
    }
}

/// So many of a book, as it comes in.
#[derive(Clone, Debug)]
pub struct DraftLine {
    /// The ISBN.
    pub isbn: String,
    /// How many.
    pub quantity: i32,
}

/// An order as it comes in, not yet checked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Who gets it.
    pub name: String,
    /// Where news of it go.
    pub email: String,
    /// Where who brings it calls.
    pub phone: String,
    /// The street, with the number.
    pub street: String,
    /// The city.
    pub city: String,
    /// Who buys.
    pub customer_type: CustomerType,
    /// Where it is bought.
    pub market: Market,
    /// What is bought.
    pub products: Vec<DraftLine>,
    /// How it is paid.
    pub payment_method_id: Option<String>,
    /// The number of the organisation that buys.
    pub org_number: Option<String>,
    /// What its buyer was shown as its price.
    pub total_price: Option<i32>,
    /// The test that it belongs to.
    pub test_id: Option<i32>,
}

/// So many of a book, whose ISBN is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The ISBN without hyphens and in capitals.
    pub key: String,
    /// How many.
    pub quantity: i32,
}

/// An order that may be stored, once its price is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewOrder {
    /// Who gets it.
    pub name: String,
    /// Where news of it go.
    pub email: String,
    /// Where who brings it calls.
    pub phone: String,
    /// The street, with the number.
    pub street: String,
    /// The city.
    pub city: String,
    /// Who buys.
    pub customer_type: CustomerType,
    /// Where it is bought.
    pub market: Market,
    /// What is bought: each book once.
    pub products: Vec<Line>,
    /// How it is paid; nothing when by invoice.
    pub payment_method_id: Option<String>,
    /// The number of the organisation that buys; nothing when a person does.
    pub org_number: Option<String>,
    /// What its buyer was shown as its price.
    pub total_price: Option<i64>,
    /// The test that it belongs to; 0 when it is none.
    pub test_id: i64,
}

impl NewOrder {
    /// Checks all the fields of a draft.
    ///
    /// # Errors
    /// All the fields at fault.
    pub fn try_new(draft: Draft) -> Result<Self, InvalidInput> {
        let mut checks = Checks::default();
        let business = draft.customer_type == CustomerType::B2B;
        if business && draft.market != Market::Us {
            checks.note("market", "must be US for a business");
        }
        let order = Self {
            name: checks.text("name", draft.name, NAME_MAX).unwrap_or_default(),
            email: checks.take("email", email(draft.email)).unwrap_or_default(),
            phone: checks.text("phone", draft.phone, PHONE_MAX).unwrap_or_default(),
            street: checks.text("street", draft.street, STREET_MAX).unwrap_or_default(),
            city: checks.text("city", draft.city, CITY_MAX).unwrap_or_default(),
            customer_type: draft.customer_type,
            market: draft.market,
            products: checks.take("products", lines(&draft.products)).unwrap_or_default(),
            payment_method_id: checks.take("paymentMethodId", method(draft.payment_method_id, business)).flatten(),
            org_number: checks.take("orgNumber", org_number(draft.org_number, business)).flatten(),
            total_price: draft.total_price.map(i64::from),
            test_id: draft.test_id.unwrap_or_default().into(),
        };
        if order.total_price.is_some_and(|price| price < 0) {
            checks.note("totalPrice", "must be 0 or more");
        }
        if order.test_id < 0 {
            checks.note("testId", "must be 0 or more");
        }
        checks.finish(Some(order))
    }
}

fn email(written: String) -> Result<String, &'static str> {
    let plain = Options::default().with_required_tld().without_domain_literal().without_display_text();
    let fits = written.chars().count() <= EMAIL_MAX && EmailAddress::parse_with_options(&written, plain).is_ok();
    if fits { Ok(written) } else { Err("must be an e-mail address") }
}

/// How a person pays; of a business it is not used.
fn method(given: Option<String>, business: bool) -> Result<Option<String>, String> {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match given {
        None if business => Ok(None),
        None => Err("must be given: a person pays at once".to_owned()),
        Some(method) if (1..=METHOD_MAX).contains(&method.len()) && method.chars().all(known) => {
            Ok(Some(method).filter(|_| !business))
        }
        Some(_) => Err(format!("must have from 1 to {METHOD_MAX} letters, digits and underscores")),
    }
}

/// The number of a business; of a person it is not used.
fn org_number(given: Option<String>, business: bool) -> Result<Option<String>, String> {
    let (least, most) = (ORG_NUMBER_DIGITS.start(), ORG_NUMBER_DIGITS.end());
    match given {
        Some(number) if number.chars().count() > *most => Err(format!("must have at most {most} digits")),
        _ if !business => Ok(None),
        None => Err("must be given: a business gets an invoice".to_owned()),
        Some(number) if number.len() >= *least && number.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(number)),
        Some(_) => Err(format!("must have from {least} to {most} digits")),
    }
}

/// The lines of an order, those of one book together.
fn lines(given: &[DraftLine]) -> Result<Vec<Line>, String> {
    if !PRODUCTS.contains(&given.len()) {
        let (least, most) = (PRODUCTS.start(), PRODUCTS.end());
        return Err(format!("must have from {least} to {most} items, it has {}", given.len()));
    }
    let mut all: Vec<Line> = Vec::with_capacity(given.len());
    for (nth, line) in given.iter().enumerate() {
        let at = nth + 1;
        let isbn = Isbn::try_new(&line.isbn).map_err(|what| format!("has an ISBN at {at} that {what}"))?;
        let known = all.iter_mut().find(|one| one.key == isbn.key());
        let quantity = known.as_ref().map_or(0, |one| one.quantity).saturating_add(line.quantity);
        if !QUANTITY.contains(&line.quantity) || !QUANTITY.contains(&quantity) {
            let (least, most) = (QUANTITY.start(), QUANTITY.end());
            return Err(format!("has a quantity at {at} that must be from {least} to {most} for one book"));
        }
        match known {
            Some(known) => known.quantity = quantity,
            None => all.push(Line { key: isbn.key().to_owned(), quantity }),
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pesos_are_rounded_half_up() {
        let rate = |text: &str| text.parse::<Rate>().unwrap();
        for (text, cents, pesos) in
            [("20", 101, 2020), ("17.5", 1, 18), ("17.4", 1, 17), ("0.5", 1, 1), ("0.4999", 1, 0)]
        {
            assert_eq!(rate(text).local(cents, Market::Mx), Some(pesos), "{cents} at {text}");
            assert_eq!(rate(text).local(cents, Market::Us), Some(cents));
        }
        assert_eq!(rate("9999").local(i64::MAX, Market::Mx), None);
        for text in ["0", "-1", "10000", "a", "", "1e3"] {
            assert!(text.parse::<Rate>().is_err(), "{text:?} is taken");
        }
    }
}
