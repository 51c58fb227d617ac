//! A BFF as a process.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use graph_call::Upstream;
use graph_documents::Mode;
use graph_host::exit::failed;
use graph_host::load::LoadArgs;
use graph_host::metrics::MetricsPort;
use graph_host::observe::ObserveArgs;
use graph_host::probe;
use graph_host::serving::{listen, serve, stop_on_signal};
use graph_host::settings::{Mistakes, TokenArgs, WrongSettings, listen_address};

use crate::access::{Access, AccessArgs};

/// The settings that say where the services are.
#[derive(clap::Args, Clone, Debug)]
pub struct UpstreamArgs {
    /// Where the book service answers
    #[arg(long, env = "BOOKS_URL", default_value = "http://127.0.0.1:3001/graphql")]
    pub books_url: String,
    /// Where the customer service answers
    #[arg(long, env = "CUSTOMERS_URL", default_value = "http://127.0.0.1:3002/graphql")]
    pub customers_url: String,
    /// How documents are sent to the services: open, as text; trusted, by the id that their manifest has
    #[arg(long, env = "GRAPH_DOCUMENTS", default_value = "open")]
    pub graph_documents: String,
}

/// What a BFF can do instead of serving.
#[derive(clap::Subcommand, Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Print the manifest of its documents, for the services' GRAPH_MANIFESTS
    Documents,
    /// Ask the running BFF whether it is alive: exit code 0 when it is
    Health,
}

/// All that makes one BFF differ from another as a process.
pub struct Process {
    /// The setting that holds the address, and its value.
    pub listen: (&'static str, String),
    /// Where the services are.
    pub upstreams: UpstreamArgs,
    /// How often, and from which sites.
    pub access: AccessArgs,
    /// How much it takes on.
    pub load: LoadArgs,
    /// Who may ask.
    pub tokens: TokenArgs,
    /// How it is watched.
    pub observe: ObserveArgs,
    /// The manifest of its documents.
    pub manifest: &'static str,
    /// The BFF over its services.
    pub app: fn(Upstream, Upstream, Access) -> Router,
}

/// A BFF whose settings are right.
struct Ready {
    address: SocketAddr,
    metrics: MetricsPort,
    app: Router,
    grace: Duration,
}

impl Process {
    /// Serves until Ctrl-C or SIGTERM, or does what `command` says. The services may be down: then their routes
    /// answer 503.
    pub async fn run(self, command: Option<Command>) -> ExitCode {
        match command {
            Some(Command::Documents) => self.print_documents(),
            Some(Command::Health) => probe::check(self.listen.0, &self.listen.1),
            None => match self.read() {
                Err(wrong) => wrong.report(),
                Ok(ready) => match self.serve(ready).await {
                    Ok(()) => ExitCode::SUCCESS,
                    Err(error) => failed(&*error),
                },
            },
        }
    }

    fn print_documents(&self) -> ExitCode {
        match std::io::stdout().write_all(self.manifest.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        }
    }

    fn read(&self) -> Result<Ready, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let address = mistakes.check(self.listen.0, &self.listen.1, listen_address);
        let mode: Option<Mode> = mistakes.check("GRAPH_DOCUMENTS", &self.upstreams.graph_documents, str::parse);
        let mut upstream = |name, url: &str, service| {
            mistakes.check(name, url, |url| Upstream::try_new(service, url, mode.unwrap_or_default()))
        };
        let books = upstream("BOOKS_URL", &self.upstreams.books_url, "book");
        let customers = upstream("CUSTOMERS_URL", &self.upstreams.customers_url, "customer");
        let tokens = self.tokens.read(&mut mistakes);
        let load = self.load.read(&mut mistakes);
        let access = self.access.read(tokens, load, &mut mistakes);
        let metrics = self.observe.read(&mut mistakes);
        let ready = || {
            let app = (self.app)(books?, customers?, access?);
            Some(Ready { address: address?, metrics: metrics?, app, grace: load?.grace })
        };
        mistakes.finish(ready())
    }

    async fn serve(&self, ready: Ready) -> Result<(), Box<dyn std::error::Error>> {
        let Ready { address, metrics, app, grace } = ready;
        let stop = stop_on_signal(grace)?;
        let _metrics = metrics.open()?;
        let listener = listen(self.listen.0, address)?;
        tracing::info!(%address, "serving");
        serve(listener, app, stop).await;
        Ok(())
    }
}
