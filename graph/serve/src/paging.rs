//! Pages of a list: the arguments of a Relay connection (Relay cursor connections, section 4).

use async_graphql::{Error, Result};

use crate::errors::Code;

/// The most rows that one page can have.
pub const PAGE_MAX: usize = 1000;
/// How many rows a page has when the client does not say.
pub const PAGE_DEFAULT: usize = 50;
/// The most keys that one look-up can have.
pub const KEYS_MAX: usize = 500;

/// Where a page begins and how far it reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The most rows that it can have.
    pub size: usize,
    /// Whether it is read from its end, towards the beginning of the list.
    pub backward: bool,
    /// It begins after this cursor.
    pub after: Option<String>,
    /// It ends before this cursor.
    pub before: Option<String>,
}

impl Page {
    /// The page that the four arguments of a connection describe.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for both `first` and `last`, and for sizes outside 1 to [`PAGE_MAX`].
    pub fn try_new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
        let (name, asked, backward) = match (first, last) {
            (Some(_), Some(_)) => return Err(refused("first and last cannot be used together")),
            (None, Some(last)) => ("last", Some(last), true),
            (first, None) => ("first", first, false),
        };
        let size = match asked {
            None => PAGE_DEFAULT,
            Some(asked) => usize::try_from(asked)
                .ok()
                .filter(|size| (1..=PAGE_MAX).contains(size))
                .ok_or_else(|| refused(format!("{name} must be from 1 to {PAGE_MAX}, it is {asked}")))?,
        };
        Ok(Self { size, backward, after, before })
    }

    /// How many rows to read: one more than the page has, to know whether there is another page.
    pub fn rows_to_read(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Brings rows that were read in reading order into list order, without the one too many; says
    /// whether there is a page before and a page after.
    pub fn settle<T>(&self, rows: &mut Vec<T>) -> (bool, bool) {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        if self.backward {
            rows.reverse();
            return (more, self.before.is_some());
        }
        (self.after.is_some(), more)
    }
}

/// Refuses a list of keys that is too long.
///
/// # Errors
/// `BAD_USER_INPUT` for more than [`KEYS_MAX`] keys.
pub fn check_keys<T>(name: &str, keys: &[T]) -> Result<()> {
    if keys.len() > KEYS_MAX {
        return Err(refused(format!("{name} may have {KEYS_MAX} entries, it has {}", keys.len())));
    }
    Ok(())
}

/// The error for a cursor that no page of this list gave.
pub fn foreign_cursor(name: &str) -> Error {
    refused(format!("{name} is not a cursor of this list"))
}

fn refused(message: impl Into<String>) -> Error {
    Code::BadUserInput.error(message)
}
