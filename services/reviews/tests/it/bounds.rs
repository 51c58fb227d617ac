//! The graph tells the bounds that a review is held to, no others.

use graph_check::bounds::bounds;
use reviews::graph::sdl;
use reviews::review::NewReview;

const TEXTS: [&str; 9] = ["", " ", "\t\r\n", "\u{85}", "\u{a0}\u{3000}", "a", " a ", "\u{200b}", "🌱"];

/// Whether a review may have this value.
fn accepts(field: &str, value: &str) -> bool {
    let or = |name: &str, other: &str| if name == field { value.to_owned() } else { other.to_owned() };
    let stars = or("stars", "3").parse();
    stars.is_ok_and(|stars| NewReview::try_new(stars, or("title", "T"), or("text", "X")).is_ok())
}

#[test]
fn the_bounds_in_the_graph_are_those_that_reviews_are_held_to() {
    let told = bounds(&sdl(), "ReviewInput").unwrap();
    for (field, bound) in &told {
        let [fit, others] = bound.sides(|length| "é".repeat(length), &TEXTS).unwrap();
        fit.iter().for_each(|value| assert!(accepts(field, value), "{field} {bound:?}: {value:?} is refused"));
        others.iter().for_each(|value| assert!(!accepts(field, value), "{field} {bound:?}: {value:?} is taken"));
        assert!(!fit.is_empty() && !others.is_empty(), "{field} {bound:?} has no values on both sides");
    }
    let mut fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    fields.dedup();
    assert_eq!((fields, told.len()), (vec!["stars", "title", "text"], 2 + 3 + 3));
    let of_review = bounds(&sdl(), "Review").unwrap();
    let written =
        of_review.into_iter().filter(|(field, _)| !["author", "createdAt", "excerpt"].contains(&field.as_str()));
    assert_eq!(written.collect::<Vec<_>>(), told);
}

#[test]
fn all_faults_are_named_at_once() {
    let refused = NewReview::try_new(6, " ".into(), "t".repeat(5_001)).unwrap_err();
    let fields: Vec<&str> = refused.fields.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["stars", "title", "text"]);
}
