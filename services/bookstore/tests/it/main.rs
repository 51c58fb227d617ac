//! The whole bookstore, through its sockets, on real databases.

mod bad_day;
mod bad_input;
mod client_types;
mod graph;
mod import;
mod kit;
mod over_fetch;
mod processes;
mod rest;
mod tokens;
