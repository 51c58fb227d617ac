//! The graph tells the bounds that a book is held to, no others.

use books::book::{Draft, NewBook};
use books::graph::sdl;
use graph_check::bounds::bounds;

const ISBNS: [&str; 10] = ["", "-", "--", "1", "x", "-X-", "1/2", "978 0", "१", "abc"];
const TEXTS: [&str; 9] = ["", " ", "\t\r\n", "\u{85}", "\u{a0}\u{3000}", "a", " a ", "\u{200b}", "🌱"];

/// Whether a book may have this value.
fn accepts(field: &str, value: &str) -> bool {
    let or = |name: &str, other: &str| if name == field { value.to_owned() } else { other.to_owned() };
    let draft = Draft {
        isbn: or("isbn", "1"),
        title: or("title", "T"),
        author: or("author", "A"),
        description: or("description", "D"),
        genre: or("genre", "G"),
        price: or("price", "1"),
        quantity: or("quantity", "1").parse().unwrap(),
    };
    NewBook::try_new(draft).is_ok()
}

#[test]
fn the_bounds_in_the_graph_are_those_that_books_are_held_to() {
    let told = bounds(&sdl(), "BookInput").unwrap();
    for (field, bound) in &told {
        let (of, samples) = if field == "isbn" { ("1", &ISBNS[..]) } else { ("é", &TEXTS[..]) };
        let [fit, others] = bound.sides(|length| of.repeat(length), samples).unwrap();
        fit.iter().for_each(|value| assert!(accepts(field, value), "{field} {bound:?}: {value:?} is refused"));
        others.iter().for_each(|value| assert!(!accepts(field, value), "{field} {bound:?}: {value:?} is taken"));
        assert!(!fit.is_empty() && !others.is_empty(), "{field} {bound:?} has no values on both sides");
    }
    let mut fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    fields.dedup();
    assert_eq!(fields, ["isbn", "title", "author", "description", "genre", "price", "quantity"]);
    assert_eq!(told.len(), 5 * 3 + 2 * 2);
}

#[test]
fn a_book_has_the_bounds_of_its_input() {
    assert_eq!(bounds(&sdl(), "Book"), bounds(&sdl(), "BookInput"));
}
