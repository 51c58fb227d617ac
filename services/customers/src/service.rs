//! The customer service as a process.

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
use crate::store::{CustomerStore, MIGRATIONS};

/// What makes this process the customer service.
pub const SERVICE: Service = Service {
    part: "customer-service",
    listen: "CUSTOMERS_LISTEN",
    database: "CUSTOMERS_DATABASE_URL",
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
}

/// Runs the service as a process of its own.
pub async fn run(args: Args) -> ExitCode {
    let traces = graph_host::logs::start(SERVICE.part, &args.observe);
    let raw = RawSettings {
        listen: &args.own.customers_listen,
        database: args.own.customers_database_url.as_deref(),
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
    graph_serve::routes(SERVICE.part, "customers", || graph::schema(store.clone()), tokens, settings, graph::EXAMPLES)
}
