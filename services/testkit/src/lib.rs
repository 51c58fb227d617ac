//! Real parts for tests: a private MariaDB, a private RabbitMQ, and databases that are gone when their test is.
//!
//! Everything here stops the test with a sentence when it cannot be had; nothing is skipped.
#![allow(clippy::expect_used, clippy::panic, reason = "only tests use this, and a test that cannot run must fail")]

mod database;
mod mariadb;
mod port;
mod rabbitmq;
mod setting;

pub use database::{Database, Kind};
pub use mariadb::MariaDb;
pub use port::free_port;
pub use rabbitmq::RabbitMq;
pub use setting::number;
