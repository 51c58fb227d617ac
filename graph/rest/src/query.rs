//! The query string of a request.

use graph_host::problem::{Fault, Problem};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::field::{Field, Kind};
use crate::operation::{AFTER, LIMIT};

/// The most things that one page can have.
pub(crate) const LIMIT_MAX: u32 = 1000;
/// With how many characters a message names an unknown parameter.
const UNKNOWN_NAME_MAX: usize = 40;

/// The parameters of a request, each known and given once.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query string that may have the parameters `known`.
    pub(crate) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default())
            .map_err(|_| Problem::bad_request("The query string cannot be read."))?;
        for (nth, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(unknown(name, known));
            }
            if pairs[..nth].iter().any(|(before, _)| before == name) {
                return Err(Problem::bad_parameter(name, "must not be given more than once"));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter, when it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The query string of the same request with another value of one parameter, which comes last.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(known, given)| known != name && !given.is_empty());
        let pairs = others.map(|(known, given)| (known.as_str(), given.as_str())).chain([(name, value)]);
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
    }

    /// The value of a parameter as a variable of the graph, when it is there and not empty.
    ///
    /// # Errors
    /// 400 that says what it must be.
    pub(crate) fn variable(&self, field: &Field) -> Result<Option<Value>, Problem> {
        let read = |text| field.variable(text).map_err(|what| Problem::bad_parameter(&field.rest, what));
        self.filled(&field.rest).map(read).transpose()
    }

    /// The value of a parameter, when it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

impl Field {
    /// A text as a variable of this kind, or what it must be. The choices of a parameter are in small letters.
    fn variable(&self, text: &str) -> Result<Value, String> {
        let number = |value: Option<Value>| value.ok_or_else(|| "must be a number".to_owned());
        match &self.kind {
            Kind::Text => {
                let text = self.change.map_or(text, |change| change.meant(text));
                match self.bounds.max_length {
                    Some(most) if text.chars().count() > most => Err(format!("must have at most {most} characters")),
                    _ => Ok(text.into()),
                }
            }
            Kind::Choice(choices) => {
                let chosen = choices.iter().find(|one| one.to_lowercase() == text);
                let known = || choices.iter().map(|one| one.to_lowercase()).collect::<Vec<_>>().join(" or ");
                chosen.map(|one| one.as_str().into()).ok_or_else(|| format!("must be {}", known()))
            }
            Kind::Boolean => text.parse::<bool>().map(Value::from).map_err(|_| "must be true or false".to_owned()),
            Kind::Integer => number(text.parse::<i32>().ok().map(Value::from)),
            Kind::Number => number(text.parse::<i64>().ok().map(|number| number.to_string().into())),
            Kind::Float => number(text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from)),
            Kind::Decimal => number(text.parse::<f64>().ok().map(|_| text.into())),
            Kind::Object(_) | Kind::List(_) => Err("cannot be told in a parameter".to_owned()),
        }
    }
}

/// Which part of a list is asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Paging {
    pub(crate) limit: Option<u32>,
    pub(crate) after: Option<String>,
}

impl Paging {
    /// Reads `limit` and `after`.
    pub(crate) fn read(query: &Query) -> Result<Self, Problem> {
        let limit = query.filled(LIMIT).map(|text| match text.parse() {
            Ok(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
            _ => Err(Problem::bad_parameter(LIMIT, format!("must be a number from 1 to {LIMIT_MAX}"))),
        });
        Ok(Self { limit: limit.transpose()?, after: query.filled(AFTER).map(str::to_owned) })
    }
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let name: String = name.chars().take(UNKNOWN_NAME_MAX).collect();
    let what = format!("is not a parameter here; there is {}", known.join(", "));
    Problem::bad_request(format!("{name:?} {what}.")).with_faults(vec![Fault::in_parameter(&name, what)])
}
