//! Events between the services of a whole bookstore: their contract, their way, and what becomes of them when parts die.

mod contract;
mod deaths;
mod way;
