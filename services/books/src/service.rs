//! The book service as a process.

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use clap::Parser;
use graph_host::load::LoadArgs;
use graph_host::observe::ObserveArgs;
use graph_host::settings::TokenArgs;
use graph_host::tokens::Tokens;
use graph_serve::{GraphArgs, GraphSettings, Unfit};
use store::Db;
use store::process::{Command, RawSettings, Service};

use crate::graph;
use crate::store::{BookStore, MIGRATIONS};

/// What makes this process the book service.
pub const SERVICE: Service = Service {
    part: "book-service",
    listen: "BOOKS_LISTEN",
    database: "BOOKS_DATABASE_URL",
    migrations: MIGRATIONS,
    routes,
};

/// The book service of the bookstore: a GraphQL schema over a database of books.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// What to do instead of serving
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    own: BooksArgs,
    #[command(flatten)]
    graph: GraphArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    tokens: TokenArgs,
    #[command(flatten)]
    observe: ObserveArgs,
}

/// The settings that only this service has.
#[derive(clap::Args, Clone, Debug)]
pub struct BooksArgs {
    /// Address of the book service
    #[arg(long, env = "BOOKS_LISTEN", default_value = "127.0.0.1:3001", global = true)]
    pub books_listen: String,
    /// Database of the books: mysql://user:password@host:port/db or sqlite://path
    #[arg(long, env = "BOOKS_DATABASE_URL", hide_env_values = true, global = true)]
    pub books_database_url: Option<String>,
}

/// Runs the service as a process of its own.
pub async fn run(args: Args) -> ExitCode {
    let traces = graph_host::logs::start(SERVICE.part, &args.observe);
    let raw = RawSettings {
        listen: &args.own.books_listen,
        database: args.own.books_database_url.as_deref(),
        graph: &args.graph,
        load: &args.load,
        tokens: &args.tokens,
        observe: &args.observe,
    };
    let code = SERVICE.run(raw, args.command).await;
    traces.flush().await;
    code
}

/// `/graphql` over the migrated database `db`.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph.
pub fn routes(db: Db, tokens: Arc<Tokens>, mut settings: GraphSettings) -> Result<Router, Unfit> {
    settings.limits.long_texts = graph::LONG_TEXTS;
    let store = BookStore::new(db);
    graph_serve::routes(SERVICE.part, "books", || graph::schema(store.clone()), tokens, settings, graph::EXAMPLES)
}
