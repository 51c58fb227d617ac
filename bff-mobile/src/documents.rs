//! The documents of the mobile apps: each selects exactly what an answer shows.

use graph_call::document;
use graph_rest::Documents;

/// One document for each thing that the mobile apps can do.
pub const DOCUMENTS: Documents = Documents {
    books: document!("Books"),
    book: document!("Book"),
    create_book: document!("CreateBook"),
    update_book: document!("UpdateBook"),
    delete_book: document!("DeleteBook"),
    customer: document!("Customer"),
    customer_by_user_id: document!("CustomerByUserId"),
    create_customer: document!("CreateCustomer"),
    update_customer: document!("UpdateCustomer"),
    delete_customer: document!("DeleteCustomer"),
};
