//! What the web client sees and writes, as JSON Schemas.

use graph_rest::openapi::{Schemas, schema};
use serde_json::Value;

/// All the fields of a customer.
const CUSTOMER: [&str; 9] = ["id", "userId", "name", "phone", "address", "address2", "city", "state", "zipcode"];

pub(crate) fn schemas() -> Schemas {
    Schemas {
        book: schema::book("A book.", genre()),
        new_book: schema::book("A book, as it is to be.", genre()),
        customer: schema::customer("A customer.", &CUSTOMER),
        new_customer: schema::new_customer("A customer, as it is to be."),
    }
}

fn genre() -> Value {
    schema::text("The genre.", 100, "non-fiction")
}
