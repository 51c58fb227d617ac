//! A BFF as a process.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use graph_call::Upstream;
use graph_host::exit::failed;
use graph_host::serving::{listen, serve, stop_on_signal};
use graph_host::settings::{Mistakes, TokenArgs, WrongSettings, listen_address};
use graph_host::tokens::Tokens;

/// The settings that say where the services are.
#[derive(clap::Args, Clone, Debug)]
pub struct UpstreamArgs {
    /// Where the book service answers
    #[arg(long, env = "BOOKS_URL", default_value = "http://127.0.0.1:3001/graphql")]
    pub books_url: String,
    /// Where the customer service answers
    #[arg(long, env = "CUSTOMERS_URL", default_value = "http://127.0.0.1:3002/graphql")]
    pub customers_url: String,
}

/// All that makes one BFF differ from another as a process.
pub struct Process {
    /// The setting that holds the address, and its value.
    pub listen: (&'static str, String),
    /// Where the services are.
    pub upstreams: UpstreamArgs,
    /// Who may ask.
    pub tokens: TokenArgs,
    /// The BFF over its services.
    pub app: fn(Upstream, Upstream, Arc<Tokens>) -> Router,
}

impl Process {
    /// Serves until Ctrl-C or SIGTERM. The services may be down: then their routes answer 503.
    pub async fn run(self) -> ExitCode {
        match self.read() {
            Err(wrong) => wrong.report(),
            Ok((address, app)) => match self.serve(address, app).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failed(&*error),
            },
        }
    }

    fn read(&self) -> Result<(SocketAddr, Router), WrongSettings> {
        let mut mistakes = Mistakes::default();
        let address = mistakes.check(self.listen.0, &self.listen.1, listen_address);
        let books = mistakes.check("BOOKS_URL", &self.upstreams.books_url, |url| Upstream::try_new("book", url));
        let customers =
            mistakes.check("CUSTOMERS_URL", &self.upstreams.customers_url, |url| Upstream::try_new("customer", url));
        let tokens = self.tokens.read(&mut mistakes);
        let ready = (|| Some((address?, (self.app)(books?, customers?, tokens?))))();
        mistakes.finish(ready)
    }

    async fn serve(&self, address: SocketAddr, app: Router) -> Result<(), Box<dyn std::error::Error>> {
        let stop = stop_on_signal()?;
        let listener = listen(self.listen.0, address)?;
        tracing::info!(%address, "serving");
        serve(listener, app, stop).await;
        Ok(())
    }
}
