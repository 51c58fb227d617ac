//! What makes one client's API its own, and the header that says which client it is.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use axum::response::{IntoResponse, Response};
use graph_call::Document;
use graph_host::problem::{Code, Fault, Problem};

use crate::input::Input;
use crate::openapi::Schemas;
use crate::view::View;

/// The header by which a client says what it is.
pub const CLIENT_TYPE: HeaderName = HeaderName::from_static("x-client-type");

/// The longest client type that a message repeats, in bytes.
const NAMED_MAX: usize = 40;

/// A client of the bookstore, as its BFF knows it.
#[derive(Clone, Copy)]
pub struct Client {
    /// The name of its BFF in the log.
    pub name: &'static str,
    /// The values of `X-Client-Type` that are this client.
    pub types: &'static [&'static str],
    /// The documents that its answers are made of.
    pub documents: Documents,
    /// A book in the graph's answer, as this client gets it.
    pub book: View,
    /// A customer in the graph's answer, as this client gets it.
    pub customer: View,
    /// The graph's name of a genre as this client writes it.
    pub genre: fn(&str) -> &str,
    /// Turns a book as this client writes it into one that the graph knows.
    pub book_input: fn(&mut Input),
    /// What its OpenAPI document says of books and customers.
    pub schemas: fn() -> Schemas,
}

/// One document for each thing that a client can do.
#[derive(Clone, Copy)]
pub struct Documents {
    /// A page of books: `books` with `nodes` and `pageInfo`.
    pub books: Document,
    /// Books by their ISBNs: `found`, in the order of `$keys`.
    pub books_by_isbn: Document,
    /// A new book: `result`.
    pub create_book: Document,
    /// A book replaced: `result`.
    pub update_book: Document,
    /// A book removed: `result`.
    pub delete_book: Document,
    /// Customers by their numbers: `found`, in the order of `$keys`.
    pub customers_by_id: Document,
    /// Customers by their user IDs: `found`, in the order of `$keys`.
    pub customers_by_user_id: Document,
    /// A new customer: `result`.
    pub create_customer: Document,
    /// A customer replaced: `result`.
    pub update_customer: Document,
    /// A customer removed: `result`.
    pub delete_customer: Document,
}

impl Documents {
    /// All of them.
    pub fn all(&self) -> [Document; 10] {
        [
            self.books,
            self.books_by_isbn,
            self.create_book,
            self.update_book,
            self.delete_book,
            self.customers_by_id,
            self.customers_by_user_id,
            self.create_customer,
            self.update_customer,
            self.delete_customer,
        ]
    }
}

/// Lets requests pass whose `X-Client-Type` is one of `types`; answers 400 otherwise.
pub(crate) async fn require_type<F: Future<Output = Response>>(
    types: &'static [&'static str],
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    match client_type(request.headers()) {
        Some(found) if types.iter().any(|one| one.eq_ignore_ascii_case(found)) => next(request).await,
        found => unknown_client(found, types).into_response(),
    }
}

/// The client type that a request names once, and only once.
pub fn client_type(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(CLIENT_TYPE).iter();
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    }
}

/// 400 of a request whose client type, as `found`, is none of `types`.
pub fn unknown_client(found: Option<&str>, types: &[&str]) -> Problem {
    let types = types.join(" or ");
    let message = match found {
        None => "The header X-Client-Type must be given once: Web, iOS or Android.".to_owned(),
        Some(found) if found.len() > NAMED_MAX => format!("X-Client-Type must be {types}."),
        Some(found) => format!("X-Client-Type {found:?} is not served here; it must be {types}."),
    };
    let fault = Fault::in_header("X-Client-Type", format!("must be {types}, given once"));
    Problem::new(Code::InvalidClientType, message).with_faults(vec![fault])
}
