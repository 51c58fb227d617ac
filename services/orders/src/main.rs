//! `order-service`: the order service as a process of its own.

service_host::main!(orders::SERVICE);
