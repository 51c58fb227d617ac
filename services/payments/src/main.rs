//! `payment-service`: the payment service as a process of its own.

service_host::main!(payments::SERVICE);
