//! The answers where no route is.

use axum::extract::Request;

use crate::problem::{Code, Problem};

/// 404 of a path that no route has.
pub async fn path_not_found(request: Request) -> Problem {
    Problem::new(Code::PathNotFound, format!("There is nothing at {}.", request.uri().path()))
}

/// 405 of a method that a route does not have; axum adds the `Allow` header.
pub async fn method_not_allowed(request: Request) -> Problem {
    let message = format!("{} does not answer {}.", request.uri().path(), request.method());
    Problem::new(Code::MethodNotAllowed, message)
}
