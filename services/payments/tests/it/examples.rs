//! What the playground opens with fits the graph, and comes apart into one tab for each operation.

use payments::graph::EXAMPLES;

#[test]
fn the_examples_fit_the_graph() {
    let operations = graph_check::operations("payments", EXAMPLES).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(operations, ["Ledger", "OnePayment", "RetryRefund"]);
}

#[test]
fn each_example_is_a_tab_with_one_operation() {
    for tab in EXAMPLES.split("\n\n") {
        assert!(tab.starts_with("# "), "an example begins with a comment, this one does not:\n{tab}");
        assert_eq!(graph_check::operations("payments", tab).map(|found| found.len()), Ok(1), "{tab}");
    }
}
