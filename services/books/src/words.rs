//! Words: what a book is found by.
//!
//! A word is a run of letters and digits, in small letters (Unicode's, so `É` finds `é`, but `e` does not).
//! Both the texts of a book and the text that is looked for are cut by [`words`], so they agree on what a word is.

use std::collections::BTreeSet;

use crate::book::NewBook;

/// The most characters of a word; of a longer one its beginning counts. A column has as many.
const WORD_MAX: usize = 64;
/// The most characters of a text that is looked for.
pub const TEXT_MAX: usize = 300;
/// The most different words that are looked for at a time.
pub const WANTED_MAX: usize = 8;
/// How many characters of a text a message shows.
const SHOWN_MAX: usize = 40;

/// The words of a text, each once, sorted.
pub fn words(text: &str) -> BTreeSet<String> {
    let small: String = text.chars().flat_map(char::to_lowercase).map(one_sigma).collect();
    let runs = small.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
    runs.map(|run| run.chars().take(WORD_MAX).collect()).collect()
}

/// Greek has two small letters for one capital; which it is depends on the letters around it.
fn one_sigma(c: char) -> char {
    if c == 'ς' { 'σ' } else { c }
}

impl NewBook {
    /// The words that the book is found by.
    pub(crate) fn words(&self) -> BTreeSet<String> {
        of_book(&self.title, &self.author, &self.description)
    }
}

/// The words that a book with these texts is found by.
pub(crate) fn of_book(title: &str, author: &str, description: &str) -> BTreeSet<String> {
    [title, author, description].into_iter().flat_map(words).collect()
}

/// The words that a book must have, all of them: from 1 to [`WANTED_MAX`], each once.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted(Vec<String>);

impl Wanted {
    /// The words of a text of up to [`TEXT_MAX`] characters.
    ///
    /// # Errors
    /// What is wrong with the text, to be read after the field's name.
    pub fn try_new(text: &str) -> Result<Self, String> {
        let length = text.chars().count();
        if length > TEXT_MAX {
            return Err(format!("must have at most {TEXT_MAX} characters, it has {length}"));
        }
        let mut words: Vec<String> = words(text).into_iter().collect();
        match words.len() {
            0 => return Err(format!("has no word, it is {:?}; a word has letters or digits", shown(text))),
            1..=WANTED_MAX => {}
            many => {
                return Err(format!("must have at most {WANTED_MAX} different words, it has {many}; leave some out"));
            }
        }
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        Ok(Self(words))
    }

    /// The words, the longest first: of two words the longer one is likely in fewer books.
    pub(crate) fn longest_first(&self) -> &[String] {
        &self.0
    }
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_in_small_letters() {
        for (text, expected) in [
            ("Moby-Dick; or, The WHALE", vec!["dick", "moby", "or", "the", "whale"]),
            ("the The tHE", vec!["the"]),
            ("20,000 leagues_under", vec!["000", "20", "leagues", "under"]),
            ("don't O’Brien", vec!["brien", "don", "o", "t"]),
            ("ÉMILE émile Emile", vec!["emile", "émile"]),
            ("ΟΔΟΣ οδός οδοσ", vec!["οδοσ", "οδόσ"]),
            ("İstanbul", vec!["i", "stanbul"]),
            ("red\0green\t\u{200b}blue 🐳 \u{301}", vec!["blue", "green", "red"]),
            ("war和平 мир१२", vec!["war和平", "мир१२"]),
            ("!!! \u{0}\u{feff}", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(cut(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_character_is_found_by_itself_in_either_case() {
        for c in (char::MIN..=char::MAX).filter(|c| c.is_alphanumeric()) {
            let found = words(&c.to_string());
            assert!(!found.is_empty(), "{c:?}");
            for word in &found {
                assert!(cut(word).iter().eq([word]), "{c:?} is cut twice");
            }
            for small in c.to_lowercase().filter(|small| small.is_alphanumeric()) {
                assert!(words(&small.to_string()).is_subset(&found), "{c:?} and {small:?}");
            }
        }
    }

    #[test]
    fn of_a_long_word_the_beginning_counts() {
        let long = "é".repeat(WORD_MAX);
        assert_eq!(cut(&format!("{long}a {long}b")), [long]);
    }

    #[test]
    fn what_is_looked_for_is_bounded() {
        let many = |count: usize| (0..count).map(|n| format!("w{n} W{n} ")).collect::<String>();
        assert_eq!(Wanted::try_new("a whale, a WHALE").unwrap().longest_first(), ["whale", "a"]);
        assert!(Wanted::try_new(&many(WANTED_MAX)).is_ok());
        for (text, said) in [
            (many(WANTED_MAX + 1), "must have at most 8 different words, it has 9; leave some out"),
            ("a ".repeat(151), "must have at most 300 characters, it has 302"),
            ("?!\0 🐳".to_owned(), r#"has no word, it is "?!\0 🐳"; a word has letters or digits"#),
            (String::new(), r#"has no word, it is ""; a word has letters or digits"#),
        ] {
            assert_eq!(Wanted::try_new(&text).unwrap_err(), said);
        }
    }
}
