//! `review-service`: the review service as a process of its own.

service_host::main!(reviews::SERVICE);
