//! The book service as a process.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use clap::{Parser, Subcommand};
use graph_host::settings::{Mistakes, TokenArgs, WrongSettings, listen_address};
use graph_host::tokens::Tokens;
use graph_serve::ceiling::{LimitArgs, Limits};
use store::process::{Process, database_url};
use store::{DatabaseUrl, Db};

use crate::graph;
use crate::store::{BookStore, MIGRATIONS};

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
    limits: LimitArgs,
    #[command(flatten)]
    tokens: TokenArgs,
}

/// The settings that only this service has.
#[derive(clap::Args, Clone, Debug)]
pub struct BooksArgs {
    /// Address to listen on
    #[arg(long, env = "BOOKS_LISTEN", default_value = "127.0.0.1:3001", global = true)]
    pub books_listen: String,
    /// Database of the books: mysql://user:password@host:port/db or sqlite://path
    #[arg(long, env = "BOOKS_DATABASE_URL", hide_env_values = true, global = true)]
    pub books_database_url: Option<String>,
}

#[derive(Subcommand, Clone, Copy, Debug, PartialEq)]
enum Command {
    /// Bring the database up to date and end
    Migrate,
}

impl BooksArgs {
    /// The address; what is wrong is noted in `mistakes`.
    pub fn listen(&self, mistakes: &mut Mistakes) -> Option<SocketAddr> {
        mistakes.check(LISTEN, &self.books_listen, listen_address)
    }

    /// The database, when one is set; what is wrong is noted in `mistakes`.
    pub fn database(&self, mistakes: &mut Mistakes) -> Option<DatabaseUrl> {
        database_url(DATABASE, self.books_database_url.as_deref()?, mistakes)
    }
}

/// The setting of the address.
pub const LISTEN: &str = "BOOKS_LISTEN";
const DATABASE: &str = "BOOKS_DATABASE_URL";

/// Runs the service as a process of its own.
pub async fn run(args: Args) -> ExitCode {
    let (command, process) = (args.command, args.read());
    match (process, command) {
        (Err(wrong), _) => wrong.report(),
        (Ok(process), Some(Command::Migrate)) => process.migrate().await,
        (Ok(process), None) => process.run().await,
    }
}

/// `/graphql` over the migrated database `db`.
pub fn routes(db: Db, tokens: Arc<Tokens>, limits: Limits) -> Router {
    graph_serve::routes(graph::schema(BookStore::new(db)), tokens, limits, graph::EXAMPLES)
}

impl Args {
    fn read(&self) -> Result<Process, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let listen = self.own.listen(&mut mistakes);
        let database = self.own.database(&mut mistakes);
        if self.own.books_database_url.is_none() {
            mistakes.note(DATABASE, "is required, such as mysql://user:password@127.0.0.1:3306/books");
        }
        let limits = self.limits.read(&mut mistakes);
        let tokens = self.tokens.read(&mut mistakes);
        let process = (|| {
            Some(Process {
                part: "book-service",
                listen_setting: LISTEN,
                listen: listen?,
                database: database?,
                migrations: MIGRATIONS,
                tokens: tokens?,
                limits: limits?,
                routes,
            })
        })();
        mistakes.finish(process)
    }
}
