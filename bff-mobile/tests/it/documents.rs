//! The documents fit the graphs of the services, and they are all that the BFF sends.

use std::path::Path;

use bff_mobile::CLIENT;
use graph_check::Checked;

#[track_caller]
fn checked() -> Vec<Checked> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    graph_check::documents("bff-mobile", &folder).unwrap_or_else(|faults| panic!("{faults}"))
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
fn mobile_selects_no_address() {
    for document in checked() {
        for field in ["address", "address2", "city", "state", "zipcode"] {
            let field = format!("Customer.{field}");
            assert!(!document.fields.contains(&field), "bff-mobile: {} selects {field}", document.operation);
        }
    }
}
