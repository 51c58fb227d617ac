//! The customer service as a process.

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
use crate::store::{CustomerStore, MIGRATIONS};

/// What makes this process the customer service.
pub const SERVICE: Service = Service {
    part: "customer-service",
    listen: "CUSTOMERS_LISTEN",
    database: DatabaseSettings("CUSTOMERS_DATABASE"),
    migrations: MIGRATIONS,
    routes,
};

/// The customer service of the bookstore: a GraphQL schema over a database of customers.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// What to do instead of serving
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    own: CustomersArgs,
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
pub struct CustomersArgs {
    /// Address of the customer service
    #[arg(long, env = "CUSTOMERS_LISTEN", default_value = "127.0.0.1:3002", global = true)]
    pub customers_listen: String,
    /// Database of the customers: mysql://user:password@host:port/db or sqlite://path
    #[arg(long, env = "CUSTOMERS_DATABASE_URL", hide_env_values = true, global = true)]
    pub customers_database_url: Option<String>,
    /// Replica of the database, of MariaDB, that takes reads as long as it has all that was written before
    #[arg(long, env = "CUSTOMERS_DATABASE_READ_URL", hide_env_values = true, global = true)]
    pub customers_database_read_url: Option<String>,
    /// Whether connections to MySQL are encrypted: off, or verify, which also holds the server to its certificate
    #[arg(long, env = "CUSTOMERS_DATABASE_TLS", default_value = "off", global = true)]
    pub customers_database_tls: String,
    /// PEM file of the authorities that vouch for MySQL; those that browsers trust when it is not given
    #[arg(long, env = "CUSTOMERS_DATABASE_TLS_CA", global = true)]
    pub customers_database_tls_ca: Option<PathBuf>,
}

impl CustomersArgs {
    /// Where the customers are.
    pub fn database(&self) -> RawDatabase<'_> {
        RawDatabase {
            url: self.customers_database_url.as_deref(),
            read_url: self.customers_database_read_url.as_deref(),
            tls: &self.customers_database_tls,
            tls_ca: self.customers_database_tls_ca.as_ref(),
        }
    }
}

/// Runs the service as a process of its own.
pub async fn run(args: Args) -> ExitCode {
    let traces = graph_host::logs::start(SERVICE.part, &args.observe);
    let raw = RawSettings {
        listen: &args.own.customers_listen,
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
pub fn routes(db: Db, tokens: Arc<Tokens>, settings: GraphSettings) -> Result<Router, Unfit> {
    let store = CustomerStore::new(db);
    graph_serve::routes(SERVICE.part, "customers", graph::schema(store), tokens, settings, graph::EXAMPLES)
}
