//! The query string of a request.

use graph_host::problem::Problem;

/// The most books that one page can have.
const LIMIT_MAX: u32 = 1000;

/// Which part of a list is asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Paging {
    pub(crate) limit: Option<u32>,
    pub(crate) after: Option<String>,
}

impl Paging {
    /// Reads `limit` and `after`.
    pub(crate) fn read(query: Option<&str>) -> Result<Self, Problem> {
        let limit = parameter(query, "limit")?.filter(|text| !text.is_empty());
        let limit = limit.map(|text| match text.parse() {
            Ok(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
            _ => Err(Problem::bad_request(format!("limit must be a number from 1 to {LIMIT_MAX}."))),
        });
        Ok(Self { limit: limit.transpose()?, after: parameter(query, "after")?.filter(|text| !text.is_empty()) })
    }
}

/// The value of the parameter `name`, when it is there.
pub(crate) fn parameter(query: Option<&str>, name: &str) -> Result<Option<String>, Problem> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default())
        .map_err(|_| Problem::bad_request("The query string cannot be read."))?;
    let mut values = pairs.into_iter().filter(|(key, _)| key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Problem::bad_request(format!("{name} must not be given more than once."))),
        (value, None) => Ok(value),
    }
}
