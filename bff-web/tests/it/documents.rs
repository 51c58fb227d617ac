//! The documents fit the graphs of the services, and they are all that the BFF sends.

use std::collections::BTreeSet;
use std::path::Path;

use bff_web::CLIENT;
use graph_check::Checked;

#[track_caller]
fn checked() -> Vec<Checked> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    graph_check::documents("bff-web", &folder).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn the_table_the_documents_and_the_graphs_fit_together() {
    // A document that no path has is refused as well.
    graph_rest::openapi(&CLIENT).unwrap();
}

#[test]
fn every_document_is_sent_by_the_bff() {
    let documents = CLIENT.sources.iter().flat_map(|source| source.documents);
    let mut sent: Vec<&str> = documents.map(|document| document.text).collect();
    let mut found: Vec<String> = checked().into_iter().map(|document| document.text).collect();
    sent.sort_unstable();
    found.sort_unstable();
    assert_eq!(sent, found);
}

#[test]
fn web_selects_all_of_a_book_and_a_customer() {
    let selected: BTreeSet<String> = checked().into_iter().flat_map(|document| document.fields).collect();
    for field in ["isbn", "title", "author", "description", "genre", "price", "quantity"] {
        assert!(selected.contains(&format!("Book.{field}")), "Book.{field} is in no document");
    }
    for field in ["id", "userId", "name", "phone", "address", "address2", "city", "state", "zipcode"] {
        assert!(selected.contains(&format!("Customer.{field}")), "Customer.{field} is in no document");
    }
}
