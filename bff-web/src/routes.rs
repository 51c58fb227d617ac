//! What the web client can ask for.

use axum::routing::get;
use graph_rest::{Routes, books, customers};

/// The routes, grouped by what they are about.
pub fn routes() -> Routes {
    vec![
        ("/books", get(books::list).post(books::create)),
        ("/books/{isbn}", get(books::read).put(books::replace).delete(books::delete)),
        ("/books/isbn/{isbn}", get(books::read)),
        ("/customers", get(customers::find).post(customers::create)),
        ("/customers/{id}", get(customers::read).put(customers::replace).delete(customers::delete)),
    ]
}
