//! The REST API for the web client: its routes, its documents and its views.

mod documents;
mod routes;
mod schemas;
mod views;

use axum::Router;
use graph_call::Upstream;
use graph_rest::{Access, Bff, Client};

pub use documents::{DOCUMENTS, MANIFEST};
pub use routes::routes;

/// The setting of the address.
pub const LISTEN: &str = "WEB_BFF_LISTEN";

/// The values of `X-Client-Type` that are answered here.
pub const TYPES: &[&str] = &["Web"];

/// The settings that only this BFF has.
#[derive(clap::Args, Clone, Debug)]
pub struct WebArgs {
    /// Address of the web BFF
    #[arg(long, env = "WEB_BFF_LISTEN", default_value = "127.0.0.1:8081", global = true)]
    pub web_bff_listen: String,
}

const CLIENT: Client = Client {
    name: "web-bff",
    types: TYPES,
    documents: DOCUMENTS,
    book: views::book,
    customer: views::customer,
    genre: views::genre,
    book_input: views::book_input,
    schemas: schemas::schemas,
};

/// The BFF over the two services, for those whom `access` lets in.
pub fn app(books: Upstream, customers: Upstream, access: impl Into<Access>) -> Router {
    let access = access.into();
    graph_rest::app(Bff::new(CLIENT, books, customers, access.stale), access, routes())
}

/// The OpenAPI document of the BFF.
pub fn openapi() -> String {
    graph_rest::openapi::document(&CLIENT)
}
