//! The committed graph is the one that the code makes, byte for byte, each time.

use graph_check::released::committed;
use orders::graph::{sdl, subgraph};

#[test]
fn the_committed_graph_is_the_one_of_the_code() {
    committed("orders", &sdl()).unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn the_graph_is_printed_the_same_each_time() {
    for _ in 0..20 {
        assert_eq!(sdl(), sdl());
        assert_eq!(subgraph().sdl, subgraph().sdl);
    }
}
