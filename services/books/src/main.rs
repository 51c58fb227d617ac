//! `book-service`: the book service as a process of its own.

store::main!(books::SERVICE);
