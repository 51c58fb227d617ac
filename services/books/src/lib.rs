//! The book service: the only part that touches the books' tables, and the graph that others see.
//!
//! [`book`] says what a book is, [`store`] keeps books, [`graph`] is the schema over it, and [`service`]
//! puts the three together into a process.

pub mod book;
pub mod graph;
pub mod service;
pub mod store;
