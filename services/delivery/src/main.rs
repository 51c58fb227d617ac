//! `delivery-service`: the delivery service as a process of its own.

service_host::main!(delivery::SERVICE);
