//! Instructions of the hot paths: `deploy/bench/counts/run.sh` counts them and compares them with `baseline.json`.

use std::hint::black_box;

use counts::{Coalescing, Ready};
use gungraun::{library_benchmark, library_benchmark_group, main};

// A request to the book service, from its body to the bytes of the answer: token, document, variables, graph.
#[library_benchmark]
#[bench::document_new(setup = counts::document_new)]
#[bench::document_known(setup = counts::document_known)]
#[bench::document_by_id(setup = counts::document_by_id)]
#[bench::too_costly(setup = counts::too_costly)]
#[bench::one_book(args = (1), setup = counts::books_by_isbn)]
#[bench::batch_of_64(args = (64), setup = counts::books_by_isbn)]
#[bench::page_of_500(args = (500), setup = counts::page)]
fn service(ready: Ready) -> impl Sized {
    black_box(ready).ask()
}

// A request to a BFF, from its head to the bytes of the answer: token, coalescer, call, view.
#[library_benchmark]
#[bench::web_book(setup = counts::web_book)]
#[bench::mobile_book(setup = counts::mobile_book)]
#[bench::web_page_of_500(setup = counts::web_page)]
#[bench::mobile_page_of_500(setup = counts::mobile_page)]
fn bff(ready: Ready) -> impl Sized {
    black_box(ready).ask()
}

// Reads that arrive together, from the callers through one batch and back.
#[library_benchmark]
#[bench::alone(args = (1), setup = counts::reads)]
#[bench::of_64(args = (64), setup = counts::reads)]
#[bench::of_512(args = (512), setup = counts::reads)]
fn coalescer(reads: Coalescing) -> Coalescing {
    black_box(reads).read()
}

library_benchmark_group!(name = hot_paths; benchmarks = service, bff, coalescer);
main!(library_benchmark_groups = hot_paths);
