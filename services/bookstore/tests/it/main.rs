//! The whole bookstore, through its sockets, on real databases.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod access;
mod audits;
mod bad_day;
mod bad_input;
mod client_types;
mod conditional;
mod departures;
mod doors;
mod federation;
mod front_doors;
mod graph;
mod hostile;
mod idempotency;
mod import;
mod issuer;
mod kit;
mod lists;
mod long_books;
mod metrics;
mod node;
mod observe;
mod openapi;
mod over_fetch;
mod pages;
mod probes;
mod problems;
mod process;
mod processes;
mod rest;
mod schema_tools;
mod settings;
mod text;
mod tokens;
mod traces;
mod trusted;
