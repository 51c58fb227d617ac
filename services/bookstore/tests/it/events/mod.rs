//! Events between the services of a whole bookstore: their contract, their way, and what becomes of them when parts die.

pub mod contract;
mod deaths;
pub mod way;
