//! What a review is: its values, each checked once, when it comes in.

use std::ops::RangeInclusive;

use graph_serve::checks::Checks;
use graph_serve::outcome::InvalidInput;
use serde::Serialize;

/// The stars that a review can give.
pub const STARS: RangeInclusive<i32> = 1..=5;
/// The most characters of an author: what a token calls its subject.
pub const AUTHOR_MAX: usize = 254;
/// The most characters of a title.
pub const TITLE_MAX: usize = 200;
/// The most characters of a text.
pub const TEXT_MAX: usize = 5_000;
/// The most characters of the beginning of a text, as the database cuts it.
pub const EXCERPT_MAX: usize = 200;

/// A review that may be stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewReview {
    /// How many stars it gives.
    pub stars: i32,
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
}

impl NewReview {
    /// A review of so many stars.
    ///
    /// # Errors
    /// All the fields at fault.
    pub fn try_new(stars: i32, title: String, text: String) -> Result<Self, InvalidInput> {
        let mut checks = Checks::default();
        if !STARS.contains(&stars) {
            checks.note("stars", format!("must be from {} to {}, it is {stars}", STARS.start(), STARS.end()));
        }
        let (title, text) = (checks.text("title", title, TITLE_MAX), checks.text("text", text, TEXT_MAX));
        checks.finish(title.zip(text).map(|(title, text)| Self { stars, title, text }))
    }
}
