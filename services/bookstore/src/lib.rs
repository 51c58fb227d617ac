//! The whole bookstore in one process: front door, BFFs and services.
//!
//! [`parts`] is the list of what there is. [`settings`] reads what the operator wants, [`system`] starts the parts on their
//! [`ports`], [`sample`] fills an empty store,
//! [`welcome`] says what to try, [`import`], [`events`] and [`token`] are tools.

pub mod events;
pub mod front_door;
pub mod import;
pub mod parts;
pub mod ports;
pub mod sample;
mod secret;
pub mod settings;
pub mod system;
pub mod token;
pub mod welcome;
