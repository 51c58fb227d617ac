//! What the mobile apps can ask for.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use graph_rest::{Bff, books, customers};

/// The routes, grouped by what they are about.
pub(crate) fn routes() -> Router<Arc<Bff>> {
    Router::new()
        .route("/books", get(books::list).post(books::create))
        .route("/books/{isbn}", get(books::read).put(books::replace).delete(books::delete))
        .route("/books/isbn/{isbn}", get(books::read))
        .route("/customers", get(customers::find).post(customers::create))
        .route("/customers/{id}", get(customers::read).put(customers::replace).delete(customers::delete))
}
