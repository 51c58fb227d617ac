//! The REST API for the web client, as a table: everything, under REST's names.

use graph_rest::Ask::{Create, Delete, List, Read, Replace};
use graph_rest::Client;

/// The web client.
pub const CLIENT: Client = Client {
    name: "web-bff",
    about: "The REST API of the bookstore for the web client",
    port: 8081,
    types: &["Web"],
    services: &[("books", 3001), ("customers", 3002), ("reviews", 3008)],
    manifest: include_str!(concat!(env!("OUT_DIR"), "/documents.json")),
    sources: include!(concat!(env!("OUT_DIR"), "/documents.rs")),
    routes: &[
        ("/books", &[List("Books"), Create("CreateBook", "/books/{ISBN}")]),
        ("/books/{ISBN}", &[Read("BooksByIsbn"), Replace("UpdateBook"), Delete("DeleteBook")]),
        ("/books/isbn/{ISBN}", &[Read("BooksByIsbn")]),
        (
            "/books/{ISBN}/reviews",
            &[
                List("Reviews"),
                Create("CreateReview", "/books/{ISBN}/reviews"),
                Replace("UpdateReview"),
                Delete("DeleteReview"),
            ],
        ),
        ("/customers", &[Read("CustomersByUserId"), Create("CreateCustomer", "/customers/{id}")]),
        ("/customers/{id}", &[Read("CustomersById"), Replace("UpdateCustomer"), Delete("DeleteCustomer")]),
    ],
    changes: &[],
};
