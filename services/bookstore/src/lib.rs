//! The whole bookstore in one process: front door, BFFs and services.
//!
//! [`settings`] reads what the operator wants, [`system`] starts the parts, [`sample`] fills an empty store,
//! [`welcome`] says what to try, [`import`] and [`token`] are tools.

pub mod front_door;
pub mod import;
pub mod sample;
mod secret;
pub mod settings;
pub mod system;
pub mod token;
pub mod welcome;
