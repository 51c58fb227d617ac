//! Versions: what tells one state of a row from every other state that it ever had.

use async_graphql::ID;
use graph_serve::paging::check_keys;

use crate::error::StoreError;

/// The version of a row, written anew at every change. In the graph it is an opaque text.
///
/// It is random, not counted: a row that was removed and made again has no version that it had before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Version(i64);

impl Version {
    /// A version that no row has had, positive.
    ///
    /// # Errors
    /// [`StoreError::NoRandomness`].
    pub fn fresh() -> Result<Self, StoreError> {
        let bits = getrandom::u64().map_err(StoreError::NoRandomness)?;
        Ok(Self((bits >> 1).cast_signed().max(1)))
    }

    /// The version that a column has, as the graph writes it.
    pub fn id(column: i64) -> ID {
        ID(Self(column).to_string())
    }

    /// The version as a column has it.
    pub fn column(self) -> i64 {
        self.0
    }

    /// The version as the graph writes it; nothing for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let version = Self(i64::from_str_radix(text, 16).ok()?);
        (version.to_string() == text).then_some(version)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// The versions that a client named, as columns have them. Texts that are no version are no row's.
///
/// # Errors
/// `BAD_USER_INPUT` for more of them than a look-up may have keys.
pub fn versions(named: Option<Vec<ID>>) -> async_graphql::Result<Option<Vec<i64>>> {
    let Some(named) = named else { return Ok(None) };
    check_keys("ifVersion", &named)?;
    Ok(Some(named.iter().filter_map(|id| Version::parse(id)).map(Version::column).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_comes_back_from_its_text() {
        for _ in 0..100 {
            let version = Version::fresh().unwrap();
            assert!(version.column() > 0);
            assert_eq!(Version::parse(&version.to_string()), Some(version));
        }
    }

    #[test]
    fn what_no_row_can_have_is_no_version() {
        for text in ["", "-1", "+1", "01", "A", "g", "ffffffffffffffffff", "*", " 1"] {
            assert_eq!(Version::parse(text), None, "{text:?}");
        }
    }
}
