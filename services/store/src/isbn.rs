//! What a book is called by in every service.

use graph_serve::constraint::Bounds;

/// The most characters of an ISBN as it is written.
pub const ISBN_MAX: usize = 20;
/// What an ISBN looks like (ECMA-262): digits, hyphens and `X`, not only hyphens.
pub const ISBN_PATTERN: &str = "^-*[0-9Xx][0-9Xx-]*$";

/// The bounds of an ISBN, as graphs tell them.
pub fn bounds() -> Bounds {
    Bounds::lengths(1, ISBN_MAX).pattern(ISBN_PATTERN)
}

/// An International Standard Book Number, as written, and what makes it one: its digits and `X`.
///
/// Hyphens and case do not make another book. The check digit is not enforced.
#[derive(Clone, Debug, PartialEq)]
pub struct Isbn {
    written: String,
    key: String,
}

impl Isbn {
    /// An ISBN of up to [`ISBN_MAX`] digits, hyphens and `X`.
    ///
    /// # Errors
    /// What it must be, to be read after the field's name.
    pub fn try_new(written: &str) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_digit() || matches!(c, '-' | 'X' | 'x');
        let key: String = written.chars().filter(|c| *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        if written.len() > ISBN_MAX || !written.chars().all(allowed) || key.is_empty() {
            return Err(format!("must have 1 to {ISBN_MAX} characters, only digits, hyphens and X"));
        }
        Ok(Self { written: written.to_owned(), key })
    }

    /// The ISBN as it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The ISBN without hyphens, in capitals: the same for all spellings.
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_and_case_do_not_make_another_book() {
        let (a, b) = (Isbn::try_new("0-8044-2957-x").unwrap(), Isbn::try_new("080442957X").unwrap());
        assert_eq!(a.key(), b.key());
        assert_eq!(a.written(), "0-8044-2957-x");
    }

    #[test]
    fn what_is_no_isbn_is_refused() {
        for text in ["", "-", "---", "978 0", "97801234567890123456X", "12/3", "१२३", "📚", "abc"] {
            assert!(Isbn::try_new(text).is_err(), "{text:?} was accepted");
        }
    }
}
