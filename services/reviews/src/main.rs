//! `review-service`: the review service as a process of its own.

store::main!(reviews::SERVICE);
