//! Orders: from the cart to the door, or back, whatever happens on the way.

mod contract;
mod deaths;
mod flow;
pub mod kit;
mod provider;
mod races;
mod saga;
mod system;
mod updates;
