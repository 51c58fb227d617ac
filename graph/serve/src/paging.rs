//! Pages of a list: the arguments of a Relay connection (Relay cursor connections, section 4).

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Error, ObjectType, OutputType, Result};

use crate::constraint::Bounds;
use crate::errors::Code;

/// The most rows that one page can have.
pub const PAGE_MAX: usize = 1000;
/// The most bytes that the rows of one page can have; a page of longer rows has fewer of them.
pub const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
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
    /// `BAD_USER_INPUT` for both `first` and `last`, and for sizes outside 0 to [`PAGE_MAX`].
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
                .filter(|size| *size <= PAGE_MAX)
                .ok_or_else(|| refused(format!("{name} must be from 0 to {PAGE_MAX}, it is {asked}")))?,
        };
        Ok(Self { size, backward, after, before })
    }

    /// How many rows to read: one more than the page has, to know whether there is another page.
    pub fn rows_to_read(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Brings rows that were read in reading order into list order, without the one too many, and without those
    /// that would make the page larger than [`PAGE_BYTES_MAX`]; says whether there is a page before and a page after.
    pub fn settle<T>(&self, rows: &mut Vec<T>, bytes: impl Fn(&T) -> usize) -> (bool, bool) {
        let mut taken = 0;
        let fit = rows.iter().take(self.size).take_while(|row| {
            taken += bytes(row);
            taken <= PAGE_BYTES_MAX
        });
        // One row always fits, where one is asked for: a page without any would lead nowhere.
        let fit = fit.count().max(self.size.min(1));
        let more = rows.len() > fit;
        rows.truncate(fit);
        if self.backward {
            rows.reverse();
            return (more, self.before.is_some());
        }
        (self.after.is_some(), more)
    }
}

impl Page {
    /// The page as a connection, of rows that were read in reading order: each with the cursor of its place, and `more`
    /// that is known of the list.
    pub fn connection<R, N, M>(
        &self,
        mut rows: Vec<R>,
        bytes: impl Fn(&R) -> usize,
        more: M,
        cursor: impl Fn(&R) -> Option<String>,
    ) -> Connection<String, N, M, EmptyFields>
    where
        N: OutputType + From<R>,
        M: ObjectType,
    {
        let (previous, next) = self.settle(&mut rows, bytes);
        let mut connection = Connection::with_additional_fields(previous, next, more);
        let edge = |row| Some(Edge::new(cursor(&row)?, N::from(row)));
        connection.edges.extend(rows.into_iter().filter_map(edge));
        connection
    }

    /// The places that the cursors say, of which `read` reads one: after which, and before which.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a cursor that no page of this list gave.
    pub fn places<P>(&self, read: impl Fn(&str) -> Option<P>) -> Result<(Option<P>, Option<P>)> {
        let place = |name: &str, cursor: &Option<String>| {
            cursor.as_deref().map(|text| read(text).ok_or_else(|| foreign_cursor(name))).transpose()
        };
        Ok((place("after", &self.after)?, place("before", &self.before)?))
    }
}

/// About how many bytes a row's texts take up in JSON, where a control character takes six (RFC 8259, section 7).
pub fn json_bytes<const N: usize>(texts: [&Option<String>; N]) -> usize {
    let controls = |text: &str| text.bytes().filter(|byte| *byte < b' ').count();
    texts.into_iter().flatten().map(|text| text.len() + 5 * controls(text)).sum()
}

/// How many rows a page can be asked for.
pub fn page_size() -> Bounds {
    Bounds::range(0, PAGE_MAX)
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
fn foreign_cursor(name: &str) -> Error {
    refused(format!("{name} is not a cursor of this list"))
}

fn refused(message: impl Into<String>) -> Error {
    Code::BadUserInput.error(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_before_its_rows_get_too_large() {
        let settled = |first, sizes: &[usize]| {
            let page = Page::try_new(Some(first), None, None, None).unwrap();
            let mut rows = sizes.to_vec();
            let (_, more) = page.settle(&mut rows, |size| *size);
            (rows.len(), more)
        };
        let half = PAGE_BYTES_MAX / 2;
        assert_eq!(settled(3, &[half, half]), (2, false));
        assert_eq!(settled(3, &[half, half, 1]), (2, true));
        assert_eq!(settled(2, &[1, 1, 1]), (2, true));
        assert_eq!(settled(2, &[PAGE_BYTES_MAX + 1, 1]), (1, true));
        assert_eq!(settled(2, &[]), (0, false));
        assert_eq!((settled(0, &[]), settled(0, &[1])), ((0, false), (0, true)));
    }
}
