//! The book service as a process.

use std::path::PathBuf;
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
use store::settings::{DatabaseSettings, RawDatabase};

use crate::graph;
use crate::store::{BookStore, MIGRATIONS};

/// What makes this process the book service.
pub const SERVICE: Service = Service {
    part: "book-service",
    listen: "BOOKS_LISTEN",
    database: DatabaseSettings("BOOKS_DATABASE"),
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
    /// Replica of the database, of MariaDB, that takes reads as long as it has all that was written before
    #[arg(long, env = "BOOKS_DATABASE_READ_URL", hide_env_values = true, global = true)]
    pub books_database_read_url: Option<String>,
    /// Whether connections to MySQL are encrypted: off, or verify, which also holds the server to its certificate
    #[arg(long, env = "BOOKS_DATABASE_TLS", default_value = "off", global = true)]
    pub books_database_tls: String,
    /// PEM file of the authorities that vouch for MySQL; those that browsers trust when it is not given
    #[arg(long, env = "BOOKS_DATABASE_TLS_CA", global = true)]
    pub books_database_tls_ca: Option<PathBuf>,
}

impl BooksArgs {
    /// Where the books are.
    pub fn database(&self) -> RawDatabase<'_> {
        RawDatabase {
            url: self.books_database_url.as_deref(),
            read_url: self.books_database_read_url.as_deref(),
            tls: &self.books_database_tls,
            tls_ca: self.books_database_tls_ca.as_ref(),
        }
    }
}

/// Runs the service as a process of its own.
pub async fn run(args: Args) -> ExitCode {
    let traces = graph_host::logs::start(SERVICE.part, &args.observe);
    let raw = RawSettings {
        listen: &args.own.books_listen,
        database: args.own.database(),
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
    graph_serve::routes(SERVICE.part, "books", graph::schema(store), tokens, settings, graph::EXAMPLES)
}
