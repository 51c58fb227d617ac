//! The documents of the web client: each selects exactly what an answer shows.

use graph_call::document;
use graph_rest::Documents;

/// One document for each thing that the web client can do.
pub const DOCUMENTS: Documents = Documents {
    books: document!("books", "Books"),
    books_by_isbn: document!("books", "BooksByIsbn"),
    create_book: document!("books", "CreateBook"),
    update_book: document!("books", "UpdateBook"),
    delete_book: document!("books", "DeleteBook"),
    customers_by_id: document!("customers", "CustomersById"),
    customers_by_user_id: document!("customers", "CustomersByUserId"),
    create_customer: document!("customers", "CreateCustomer"),
    update_customer: document!("customers", "UpdateCustomer"),
    delete_customer: document!("customers", "DeleteCustomer"),
};

/// The manifest of all of them: their texts, and the ids by which services know them.
pub const MANIFEST: &str = include_str!(concat!(env!("OUT_DIR"), "/documents.json"));
