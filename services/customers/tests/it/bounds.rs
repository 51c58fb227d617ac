//! The graph tells the bounds that a customer is held to, no others.

use customers::customer::{Draft, NewCustomer};
use customers::graph::sdl;
use graph_check::bounds::{Bound, bounds};

const TEXTS: [&str; 9] = ["", " ", "\t\r\n", "\u{85}", "\u{a0}\u{3000}", "a", " a ", "\u{200b}", "🌱"];
const EMAILS: [&[&str]; 2] = [&["a@b.cd", "É@example.com"], &["", "a", "a@b", "a b@example.com", "<a@b.cd>"]];

/// Whether a customer may have this value.
fn accepts(field: &str, value: &str) -> bool {
    let or = |name: &str, other: &str| if name == field { value.to_owned() } else { other.to_owned() };
    let draft = Draft {
        user_id: or("userId", "a@example.com"),
        name: or("name", "N"),
        phone: or("phone", "P"),
        address: or("address", "A"),
        address2: Some(or("address2", "")),
        city: or("city", "C"),
        state: or("state", "PA"),
        zipcode: or("zipcode", "Z"),
    };
    NewCustomer::try_new(draft).is_ok()
}

/// A value of so many characters.
fn long(field: &str, length: usize) -> String {
    if field != "userId" {
        return "é".repeat(length);
    }
    let domain = "b.".repeat(length);
    format!("a@{}{}c", if length.is_multiple_of(2) { "b" } else { "" }, &domain[..(length - 3) / 2 * 2])
}

#[test]
fn the_bounds_in_the_graph_are_those_that_customers_are_held_to() {
    let codes: Vec<String> = ('A'..='Z').flat_map(|one| ('A'..='Z').map(move |two| format!("{one}{two}"))).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).chain(["", "P", "pa", "PAA", " PA"]).collect();
    let told = bounds(&sdl(), "CustomerInput").unwrap();
    for (field, bound) in &told {
        let samples = if field == "state" { &codes[..] } else { &TEXTS[..] };
        let [fit, others] = match bound {
            Bound::Format(format) if format == "email" => {
                EMAILS.map(|texts| texts.iter().map(|&text| text.into()).collect())
            }
            bound => bound.sides(|length| long(field, length), samples).unwrap(),
        };
        fit.iter().for_each(|value| assert!(accepts(field, value), "{field} {bound:?}: {value:?} is refused"));
        others.iter().for_each(|value| assert!(!accepts(field, value), "{field} {bound:?}: {value:?} is taken"));
        assert!(!fit.is_empty() && !others.is_empty(), "{field} {bound:?} has no values on both sides");
    }
    let mut fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    fields.dedup();
    assert_eq!(fields, ["userId", "name", "phone", "address", "address2", "city", "state", "zipcode"]);
    assert_eq!(told.len(), 2 + 5 * 3 + 1 + 1);
}

#[test]
fn a_customer_has_the_bounds_of_its_input_and_a_number() {
    let told = bounds(&sdl(), "Customer").unwrap();
    let (number, rest): (Vec<_>, Vec<_>) = told.into_iter().partition(|(field, _)| field == "id");
    assert_eq!(rest, bounds(&sdl(), "CustomerInput").unwrap());
    assert_eq!(
        number.into_iter().map(|(_, bound)| bound).collect::<Vec<_>>(),
        [Bound::Min(1.0), Bound::Format("int64".into())]
    );
}
