//! A BFF as a process: all that makes it one follows from its client.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgMatches, Args as _};
use graph_call::Upstream;
use graph_documents::Mode;
use graph_host::exit::failed;
use graph_host::load::LoadArgs;
use graph_host::logs;
use graph_host::metrics::MetricsPort;
use graph_host::observe::ObserveArgs;
use graph_host::probe;
use graph_host::serving::{listen, serve, stop_on_signal};
use graph_host::settings::{
    self, Mistakes, TokenArgs, WrongSettings, listen_address, setting, trust_issuer, url_arg, url_setting,
};

use crate::access::{Access, AccessArgs};
use crate::api::app;
use crate::client::Client;
use crate::upstreams::Upstreams;

/// What a BFF can do instead of serving.
#[derive(clap::Subcommand, Clone, Copy, Debug, PartialEq)]
enum Command {
    /// Print the manifest of its documents, for the services' GRAPH_MANIFESTS
    Documents,
    /// Ask the running BFF whether it is alive: exit code 0 when it is
    Health,
}

/// The settings that all BFFs have, behind those that follow from the client.
#[derive(clap::Args, Debug)]
struct Args {
    /// What to do instead of serving
    #[command(subcommand)]
    command: Option<Command>,
    /// How documents are sent to the services: open, as text; trusted, by the id that their manifest has
    #[arg(long, env = "GRAPH_DOCUMENTS", default_value = "open")]
    graph_documents: String,
    #[command(flatten)]
    access: AccessArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    tokens: TokenArgs,
    #[command(flatten)]
    observe: ObserveArgs,
}

/// A BFF whose settings are right.
struct Ready {
    address: SocketAddr,
    metrics: MetricsPort,
    upstreams: Upstreams,
    access: Access,
    grace: Duration,
}

impl Client {
    /// The name of the setting of its address, such as `WEB_BFF_LISTEN`.
    pub fn listen_setting(&self) -> String {
        format!("{}_LISTEN", self.name.to_uppercase().replace('-', "_"))
    }

    /// The setting of its address.
    pub fn listen_arg(&self) -> Arg {
        let about = format!("Address of the {}", self.label());
        setting(&self.listen_setting(), about).default_value(format!("127.0.0.1:{}", self.port))
    }

    /// Its address; what is wrong is noted in `mistakes`.
    pub fn read_listen(&self, matches: &ArgMatches, mistakes: &mut Mistakes) -> Option<SocketAddr> {
        let name = self.listen_setting();
        mistakes.check(&name, settings::value(matches, &name).unwrap_or_default(), listen_address)
    }

    /// What people call its BFF: `web BFF`.
    pub fn label(&self) -> String {
        self.name.replace("-bff", " BFF")
    }

    /// Serves until Ctrl-C or SIGTERM, or does what the command line says. The services may be down: then their routes
    /// answer 503.
    pub async fn main(&self) -> ExitCode {
        let command = clap::Command::new(self.name)
            .version(env!("CARGO_PKG_VERSION"))
            .arg(self.listen_arg())
            .args(self.services.iter().map(|(name, port)| url_arg(name, *port)));
        let matches = settings::matches(Args::augment_args(command).about(self.about));
        let args: Args = settings::read(&matches);
        let traces = logs::start(self.name, &args.observe);
        let code = self.run(&args, &matches).await;
        traces.flush().await;
        code
    }

    async fn run(&self, args: &Args, matches: &ArgMatches) -> ExitCode {
        match args.command {
            Some(Command::Documents) => self.print_documents(),
            Some(Command::Health) => {
                let name = self.listen_setting();
                probe::check(&name, settings::value(matches, &name).unwrap_or_default())
            }
            None => match self.read(args, matches) {
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

    fn read(&self, args: &Args, matches: &ArgMatches) -> Result<Ready, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let address = self.read_listen(matches, &mut mistakes);
        let mode: Option<Mode> = mistakes.check("GRAPH_DOCUMENTS", &args.graph_documents, str::parse);
        let mut upstreams = Vec::new();
        for (service, _) in self.services {
            let name = url_setting(service);
            let url = settings::value(matches, &name).unwrap_or_default();
            let upstream = mistakes.check(&name, url, |url| Upstream::try_new(service, url, mode.unwrap_or_default()));
            upstreams.extend(upstream.map(|upstream| (*service, upstream)));
        }
        // What is missing was noted.
        let upstreams = Upstreams::new(upstreams);
        let tokens = args.tokens.read(&mut mistakes);
        if let Some(tokens) = &tokens {
            trust_issuer(tokens, matches, &mut mistakes);
        }
        let load = args.load.read(&mut mistakes);
        let access = args.access.read(tokens, load, &mut mistakes);
        let metrics = args.observe.read(&mut mistakes);
        let ready =
            || Some(Ready { address: address?, metrics: metrics?, upstreams, access: access?, grace: load?.grace });
        mistakes.finish(ready())
    }

    async fn serve(&self, ready: Ready) -> Result<(), Box<dyn std::error::Error>> {
        let Ready { address, metrics, upstreams, access, grace } = ready;
        let app = app(self, &upstreams, access)?;
        let stop = stop_on_signal(grace)?;
        let _metrics = metrics.open()?;
        let listener = listen(&self.listen_setting(), address)?;
        tracing::info!(%address, "serving");
        serve(listener, app, stop).await;
        Ok(())
    }
}
