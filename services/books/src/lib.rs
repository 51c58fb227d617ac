//! The book service: the only part that touches the books' tables, and the graph that others see.
//!
//! [`book`] says what a book is, [`words`] what it is found by, [`store`] keeps books, [`graph`] is the schema
//! over it, and [`service`] puts these together into a process.

pub mod book;
pub mod graph;
pub mod service;
pub mod store;
pub mod words;
