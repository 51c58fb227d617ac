//! The families of hostile requests, each as bad as 64 KiB can be.
//!
//! They are written for both services: `LIST`, `ONE`, `MANY`, `KEYS`, `KEY_TYPE`, `ROW`, `TEXT` and `DELETE` stand for
//! the service's own names.

mod bodies;
mod faults;
mod fragments;
mod introspection;
mod rows;
mod texts;
mod values;

use serde_json::{Value, json};

use crate::services::Service;

/// How large a request may be and still be held to the ceiling.
pub const BYTES: usize = 65_536;

/// A name and a request body each.
pub struct Families {
    service: Service,
    all: Vec<(String, Vec<u8>)>,
}

/// All families of hostile requests to a service.
pub fn families(service: Service) -> Vec<(String, Vec<u8>)> {
    let mut families = Families { service, all: Vec::new() };
    fragments::add(&mut families);
    rows::add(&mut families);
    values::add(&mut families);
    texts::add(&mut families);
    introspection::add(&mut families);
    faults::add(&mut families);
    bodies::add(&mut families);
    families.all
}

impl Families {
    fn document(&mut self, name: &str, document: &str) {
        self.with_variables(name, document, json!({}));
    }

    fn with_variables(&mut self, name: &str, document: &str, variables: Value) {
        let document = self.own_names().iter().fold(document.to_owned(), |text, (word, own)| text.replace(word, own));
        self.body(name, json!({"query": document, "variables": variables}).to_string());
    }

    fn body(&mut self, name: &str, body: String) {
        self.all.push((name.to_owned(), body.into_bytes()));
    }

    fn own_names(&self) -> [(&str, &str); 8] {
        let own = match self.service {
            Service::Books => [
                "String",
                "books",
                "book(isbn: \"1\")",
                "booksByIsbn",
                "isbns",
                "Book",
                "description",
                "deleteBook(isbn: \"0\")",
            ],
            Service::Customers => [
                "ID",
                "customers",
                "customer(id: 1)",
                "customersById",
                "ids",
                "Customer",
                "address",
                "deleteCustomer(id: 0)",
            ],
        };
        let words = ["KEY_TYPE", "LIST", "ONE", "MANY", "KEYS", "ROW", "TEXT", "DELETE"];
        std::array::from_fn(|at| (words[at], own[at]))
    }
}

/// `part` for each number below `count`, one after the other.
fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}
