//! The graphs still have what clients in use rely on, and what breaks is named with the client and the document.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use graph_check::released::{WAY, broken, update};
use graph_check::workspace::{clients, graph, graphs, released};

/// What breaks when the graph of `service` has `to` in the place of `from`.
#[track_caller]
fn after(service: &str, from: &str, to: &str) -> Vec<String> {
    let sdl = graph(service).unwrap();
    assert!(sdl.contains(from), "{from} is not in the graph of {service}");
    broken(service, &sdl.replacen(from, to, 1)).unwrap()
}

#[test]
fn the_graphs_have_all_that_was_released() {
    for (service, _) in released().unwrap() {
        let broken = broken(&service, &graph(&service).unwrap()).unwrap_or_else(|fault| panic!("{fault}")).join("\n");
        assert!(broken.is_empty(), "clients of {service} miss:\n{broken}\n{WAY}");
    }
}

#[test]
fn graphs_and_clients_are_found_by_their_places() {
    assert_eq!(clients().unwrap(), ["bff-mobile", "bff-web"]);
    let services: Vec<String> = graphs().unwrap().into_iter().map(|(service, _)| service).collect();
    assert_eq!(services, ["accounts", "books", "customers", "delivery", "orders", "payments", "reviews"]);
    assert_eq!(graph("shelves").unwrap_err(), "there is no service shelves");
    assert_eq!(broken("shelves", "type Query { a: Int }").unwrap(), [""; 0], "it was never released");
}

#[test]
fn a_renamed_field_is_named_with_the_documents_that_ask_for_it() {
    let broken = after("books", "\ttitle: String!", "\theading: String!");
    let documents = ["Books", "BooksByIsbn", "CreateBook", "UpdateBook"];
    let of = |client: &str| {
        documents.map(|name| format!("\n    {client}: {client}/documents/books/{name}.graphql")).concat()
    };
    assert_eq!(broken, [format!("Book.title was removed{}{}", of("bff-mobile"), of("bff-web"))]);
}

#[test]
fn a_change_strikes_only_the_documents_that_use_it() {
    let broken = after("customers", "\tzipcode: String!", "\tzipcode: String");
    assert_eq!(broken.len(), 1);
    assert!(broken[0].starts_with("Customer.zipcode was String!, is String\n    bff-web: "), "{broken:?}");
    assert!(!broken[0].contains("bff-mobile"), "{broken:?}");
    assert_eq!(after("books", "\tTITLE_DESC", "\tTITLE_DOWN"), ["BookOrder.TITLE_DESC was removed"]);
}

#[test]
fn arguments_and_inputs_strike_those_that_send_them() {
    for (service, from, to, line) in [
        (
            "books",
            "\t\tafter: String,",
            "\t\tafterwards: String,",
            "Query.books(after:) was removed\n    bff-mobile: bff-mobile/documents/books/Books.graphql",
        ),
        (
            "books",
            "\t\tfilter: BookFilter,",
            "\t\tfilter: BookFilter!,",
            "Query.books(filter:) was BookFilter, is BookFilter!",
        ),
        (
            "customers",
            "input CustomerInput {",
            "input CustomerInput {\n\tdoor: String!",
            "CustomerInput wants a new door: String!\n    bff-mobile: bff-mobile/documents/customers/CreateCustomer.graphql",
        ),
        (
            "books",
            " | IsbnTaken",
            "",
            "CreateBookResult can no longer be IsbnTaken\n    bff-mobile: bff-mobile/documents/books/CreateBook.graphql",
        ),
    ] {
        let broken = after(service, from, to);
        assert!(broken.iter().any(|found| found.starts_with(line)), "{broken:?}");
    }
}

#[test]
fn a_field_of_an_input_that_must_be_there_strikes_those_that_send_it() {
    // The same line is in the type that is read, where it strikes nobody.
    let sdl = graph("customers").unwrap();
    let (before, input) = sdl.split_once("input CustomerInput {").unwrap();
    let wanted = input.replacen("\taddress2: String ", "\taddress2: String! ", 1);
    let broken = broken("customers", &format!("{before}input CustomerInput {{{wanted}")).unwrap();
    let line = "CustomerInput.address2 was String, is String!\n    bff-mobile: bff-mobile/documents/customers/CreateCustomer.graphql";
    assert!(broken.iter().any(|found| found.starts_with(line)), "{broken:?}");
}

#[test]
fn a_graph_in_which_clients_miss_something_is_written_only_on_demand() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("books.graphql");
    let sdl = graph("books").unwrap();
    let (more, less) = (sdl.replacen("type Query {", "type Query { a: Int", 1), sdl.replace("price", "cost"));
    update("books", &more, "1", &file).unwrap();
    let refused = update("books", &less, "1", &file).unwrap_err();
    assert!(refused.contains("Book.price was removed\n    bff-mobile: "), "{refused}");
    assert_eq!(fs::read_to_string(&file).unwrap(), more);
    update("books", &less, "breaking", &file).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), less);
}
