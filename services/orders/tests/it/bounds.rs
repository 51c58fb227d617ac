//! The graph tells the bounds that an order is held to, no others.

use graph_check::bounds::{Bound, bounds};
use orders::graph::sdl;
use orders::order::{CustomerType, Draft, DraftLine, Market, NewOrder};

const TEXTS: [&str; 10] =
    ["", " ", "\t\r\n", "\u{a0}\u{3000}", "a", " a ", "pm_card_visa", "1234567", "12345678901234567890", "🌱"];

fn draft() -> Draft {
    Draft {
        name: "Peter Quill".into(),
        email: "quill@example.com".into(),
        phone: "1".into(),
        street: "1 Main Street".into(),
        city: "Missouri".into(),
        customer_type: CustomerType::B2C,
        market: Market::Us,
        products: vec![DraftLine { isbn: "1".into(), quantity: 1 }],
        payment_method_id: Some("pm_card_visa".into()),
        org_number: None,
        total_price: None,
        test_id: None,
    }
}

/// Whether an order may have this value.
fn accepts(field: &str, value: &str) -> bool {
    let (mut draft, text) = (draft(), value.to_owned());
    match field {
        "name" => draft.name = text,
        "email" => draft.email = text,
        "phone" => draft.phone = text,
        "street" => draft.street = text,
        "city" => draft.city = text,
        "paymentMethodId" => draft.payment_method_id = Some(text),
        "orgNumber" => (draft.customer_type, draft.org_number) = (CustomerType::B2B, Some(text)),
        "totalPrice" => draft.total_price = Some(text.parse().unwrap()),
        "testId" => draft.test_id = Some(text.parse().unwrap()),
        "isbn" => draft.products[0].isbn = text,
        "quantity" => draft.products[0].quantity = text.parse().unwrap(),
        other => panic!("{other} has bounds, and nobody tries them"),
    }
    NewOrder::try_new(draft).is_ok()
}

#[test]
fn the_bounds_in_the_graph_are_those_that_orders_are_held_to() {
    let mut tried = 0;
    for input in ["OrderInput", "OrderProductInput"] {
        for (field, bound) in bounds(&sdl(), input).unwrap() {
            // How many items there are is another test's.
            if field == "products" || (field == "email" && bound != Bound::Format("email".into())) {
                continue;
            }
            let one = if ["orgNumber", "isbn"].contains(&&*field) { "1" } else { "a" };
            let [fit, others] = bound.sides(|length| one.repeat(length), &TEXTS).unwrap();
            let other_bounds = |value: &str| field == "isbn" && value.contains(['_', '🌱', ' ']);
            for value in fit.iter().filter(|value| !other_bounds(value)) {
                assert!(accepts(&field, value), "{field} {bound:?}: {value:?} is refused");
            }
            others.iter().for_each(|value| assert!(!accepts(&field, value), "{field} {bound:?}: {value:?} is taken"));
            tried += 1;
        }
    }
    assert!(tried > 15, "only {tried} bounds were tried");
}

#[test]
fn all_faults_are_named_at_once() {
    let faulty = Draft {
        name: " ".into(),
        email: "nobody".into(),
        phone: "1".repeat(41),
        products: Vec::new(),
        payment_method_id: None,
        total_price: Some(-1),
        ..draft()
    };
    let refused = NewOrder::try_new(faulty).unwrap_err();
    let fields: Vec<&str> = refused.fields.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["name", "email", "phone", "products", "paymentMethodId", "totalPrice"]);
}

#[test]
fn lines_of_one_book_in_whatever_spelling_are_one() {
    let line = |isbn: &str, quantity| DraftLine { isbn: isbn.into(), quantity };
    let order =
        NewOrder::try_new(Draft { products: vec![line("1-x", 2), line("2", 1), line("1X", 3)], ..draft() }).unwrap();
    let lines: Vec<_> = order.products.iter().map(|line| (&*line.key, line.quantity)).collect();
    assert_eq!(lines, [("1X", 5), ("2", 1)]);
    let fifty_one = (0..51).map(|nth| line(&nth.to_string(), 1)).collect();
    assert!(NewOrder::try_new(Draft { products: fifty_one, ..draft() }).is_err());
}
