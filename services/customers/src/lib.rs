//! The customer service: the only part that touches the customers' tables, and the graph that others see.
//!
//! [`customer`] says what a customer is, [`store`] keeps customers, [`graph`] is the schema over it, and
//! [`service`] puts the three together into a process.

pub mod customer;
pub mod graph;
pub mod service;
mod states;
pub mod store;
