//! `customer-service`: the customer service as a process of its own.

store::main!(customers::SERVICE);
