//! `book-service`: the book service as a process of its own.

service_host::main!(books::SERVICE);
