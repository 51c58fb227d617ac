//! REST over the graph, as both BFFs speak it.
//!
//! What makes one client's API differ from another's is data: a [`Client`] with its documents and views. The
//! handlers in [`books`] and [`customers`] take everything that a client can see from those, so a field that
//! is in none of the documents can be in none of the answers.

mod access;
mod answers;
mod book_list;
mod book_page;
pub mod books;
mod client;
mod conditions;
pub mod customers;
mod docs;
mod etag;
mod idempotency;
mod input;
pub mod openapi;
mod path;
pub mod process;
mod query;
mod scales;
pub mod view;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;
use graph_call::{Coalescer, Row, Shared, Stale, Upstream};
use graph_host::accept::json_only;
use graph_host::app::{Part, method_not_allowed, path_not_found};
use graph_host::auth::require_token;
use graph_host::rates::{Rates, limit_rate};
use graph_host::tokens::Tokens;
use tokio::sync::Semaphore;

pub use access::{Access, AccessArgs};
pub use book_page::BookPage;
pub use client::{Client, Documents, client_type, unknown_client};
pub use input::Input;

use etag::Shape;
use scales::{Scales, weigh};

/// A BFF: a client's documents and views, and the services that answer the documents.
pub struct Bff {
    /// What makes this client's API its own.
    pub client: Client,
    /// The book service.
    pub books: Upstream,
    /// The customer service.
    pub customers: Upstream,
    /// Single books, by ISBN.
    pub book: Coalescer,
    /// Pages of books.
    pub book_pages: Shared<BookPage>,
    /// Single customers, by number.
    pub customer: Coalescer,
    /// Single customers, by user ID.
    pub customer_by_user: Coalescer,
    /// What was read of late, for when a service is away.
    kept: Kept,
    /// Room for whole lists that are being sent.
    lists: Arc<Semaphore>,
    /// What the entity tags of this client begin with.
    shape: Shape,
}

impl Bff {
    /// The BFF of `client` over the two services; while one is away it may give answers again that are no older than
    /// `stale`.
    pub fn new(client: Client, books: Upstream, customers: Upstream, stale: Option<Duration>) -> Self {
        let (books, customers) = (books.called_by(client.name), customers.called_by(client.name));
        let book = Coalescer::new(books.clone(), client.documents.books_by_isbn);
        let book_pages =
            Shared::new(books.clone(), client.documents.books, move |answer| BookPage::read(answer, client.book));
        let customer = Coalescer::new(customers.clone(), client.documents.customers_by_id);
        let customer_by_user = Coalescer::new(customers.clone(), client.documents.customers_by_user_id);
        let shape = Shape::of(&client);
        let lists = Arc::new(Semaphore::new(book_list::LISTS_MAX));
        let kept = Kept::new(client.name, stale);
        Self { client, books, customers, book, book_pages, customer, customer_by_user, kept, lists, shape }
    }
}

/// Answers of late, by the keys of what they are about, in one spelling. What is changed here is forgotten.
struct Kept {
    books: Stale<Row>,
    pages: Stale<BookPage>,
    customers: Stale<Row>,
}

impl Kept {
    fn new(part: &'static str, within: Option<Duration>) -> Self {
        Self { books: Stale::new(part, within), pages: Stale::new(part, within), customers: Stale::new(part, within) }
    }
}

/// What every request of a BFF must pass.
struct Door {
    types: &'static [&'static str],
    tokens: Arc<Tokens>,
    rates: Option<Arc<Rates>>,
}

/// The checks of every request, the cheapest first.
async fn checked(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let Door { types, tokens, rates } = &*door;
    // A request that is meant for another client's BFF ends here, before its token is looked at.
    client::require_type(types, request, |request| {
        // Nobody learns anything without a token, not even which paths there are.
        require_token(tokens, request, |request| {
            // Who asks too often waits.
            limit_rate(rates.as_deref(), request, |request| next.run(request))
        })
    })
    .await
}

/// A request to a route that there is.
async fn served(State(scales): State<Scales>, request: Request, next: Next) -> Response {
    // Nothing is done for a client that could not read the answer. What is fetched is weighed against what is sent.
    json_only(request, |request| weigh(scales, next.run(request))).await
}

/// The paths of a BFF, and what answers there.
pub type Routes = Vec<(&'static str, MethodRouter<Arc<Bff>>)>;

/// `routes` for the client of `bff`, behind the checks that every request must pass, and their documentation.
pub fn app(bff: Bff, access: Access, routes: Routes) -> Router {
    let (name, types) = (bff.client.name, bff.client.types);
    let document = openapi::document(&bff.client);
    let routes = routes.into_iter().fold(Router::new(), |all, (path, methods)| {
        all.route(path, methods.route_layer(from_fn_with_state(Scales::of(name, path), served)))
    });
    let door = Arc::new(Door { types, tokens: access.tokens, rates: access.rates });
    let routes = routes
        .fallback(path_not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Arc::new(bff))
        .layer(from_fn_with_state(door, checked));
    // Added behind the checks: a browser that opens the documentation sends neither a token nor a client type.
    Part { sites: access.cors, load: access.load, ..Part::new(name) }.app(routes.merge(docs::routes(document)))
}
