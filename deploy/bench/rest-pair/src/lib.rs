//! What the REST BFF and the REST service share: tokens, the log line, the rows, error answers, serving.

pub mod auth;
pub mod model;
pub mod problem;
pub mod process;
