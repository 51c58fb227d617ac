//! `customer-service`: the customer service as a process of its own.

service_host::main!(customers::SERVICE);
