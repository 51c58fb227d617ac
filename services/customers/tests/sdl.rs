//! The committed graph is the one that the code makes.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

/// Where the graph is committed.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../graph/sdl/customers.graphql");

#[test]
fn the_committed_graph_is_the_one_of_the_code() {
    let made = customers::graph::sdl();
    if std::env::var_os("UPDATE_SDL").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let committed = std::fs::read_to_string(Path::new(FILE)).unwrap_or_default();
    let differs = committed.lines().zip(made.lines()).find(|(committed, made)| committed != made);
    assert!(
        committed == made,
        "graph/sdl/customers.graphql is not the graph of the code; the first line that differs is {differs:?}. \
         When the change is wanted, UPDATE_SDL=1 cargo test -p customers --test sdl writes it anew."
    );
}
