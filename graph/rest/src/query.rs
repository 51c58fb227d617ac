//! The query string of a request.

use graph_host::problem::{Fault, Problem};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The most books that one page can have.
pub(crate) const LIMIT_MAX: u32 = 1000;
/// The most characters of a genre, of an author and of a text that are looked for.
pub(crate) const GENRE_MAX: usize = 100;
pub(crate) const AUTHOR_MAX: usize = 300;
pub(crate) const TEXT_MAX: usize = 300;
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

    /// The value of a parameter of at most `most` characters, when it is there and not empty.
    pub(crate) fn text(&self, name: &str, most: usize) -> Result<Option<&str>, Problem> {
        match self.filled(name) {
            Some(text) if text.chars().count() > most => {
                Err(Problem::bad_parameter(name, format!("must have at most {most} characters")))
            }
            text => Ok(text),
        }
    }

    /// The value of a parameter, when it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
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
        let limit = query.filled("limit").map(|text| match text.parse() {
            Ok(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
            _ => Err(Problem::bad_parameter("limit", format!("must be a number from 1 to {LIMIT_MAX}"))),
        });
        Ok(Self { limit: limit.transpose()?, after: query.filled("after").map(str::to_owned) })
    }
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let name: String = name.chars().take(UNKNOWN_NAME_MAX).collect();
    let what = format!("is not a parameter here; there is {}", known.join(", "));
    Problem::bad_request(format!("{name:?} {what}.")).with_faults(vec![Fault::in_parameter(&name, what)])
}
