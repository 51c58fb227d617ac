//! The settings of the whole bookstore: those of its parts, and a folder for the data.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgMatches, Args as _, Subcommand};
use events::{EventArgs, Transport};
use graph_host::load::LoadArgs;
use graph_host::metrics::MetricsPort;
use graph_host::observe::ObserveArgs;
use graph_host::settings::{self, Mistakes, TokenArgs, WrongSettings, listen_address};
use graph_host::tokens::Tokens;
use graph_rest::{Access, AccessArgs};
use graph_serve::{GraphArgs, GraphSettings};
use service_host::{Service, Values};
use store::DatabaseUrl;

use crate::events::EventsCommand;
use crate::import::ImportArgs;
use crate::parts::{CLIENTS, SERVICES};
use crate::ports::{Addresses, GATEWAY};
use crate::secret;
use crate::token::TokenCommandArgs;

/// The setting of the front door's address.
pub const GATEWAY_LISTEN: &str = "GATEWAY_LISTEN";

/// The command line and the environment: the settings of the bookstore, of each part, and of all parts alike.
#[derive(Debug)]
pub struct Args {
    own: OwnArgs,
    parts: ArgMatches,
    common: CommonArgs,
}

/// The settings that only the whole has.
#[derive(clap::Args, Debug)]
struct OwnArgs {
    /// Address of the front door
    #[arg(long, env = "GATEWAY_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    gateway_listen: String,
    /// Folder of the databases and the secret, unless they are given otherwise
    #[arg(long, env = "BOOKSTORE_DATA_DIR", default_value = "./data", global = true)]
    bookstore_data_dir: PathBuf,
}

/// The settings that are the same for all parts.
#[derive(clap::Args, Debug)]
struct CommonArgs {
    /// What to do instead of serving
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    events: EventArgs,
    #[command(flatten)]
    graph: GraphArgs,
    #[command(flatten)]
    access: AccessArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    tokens: TokenArgs,
    #[command(flatten)]
    observe: ObserveArgs,
}

/// The tools.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Print a token
    Token(TokenCommandArgs),
    /// Add or update the books of a file
    Import(ImportArgs),
    /// Look after events that failed
    #[command(subcommand)]
    Events(EventsCommand),
    /// Ask the running bookstore whether it is alive: exit code 0 when it is
    Health,
}

/// The settings, read and checked.
pub struct Settings {
    /// The addresses to listen on.
    pub listen: Addresses,
    /// The database of each service, in the order of [`SERVICES`].
    pub databases: Vec<DatabaseUrl>,
    /// The settings that only one service has, by its name.
    pub own: Vec<(&'static str, Values)>,
    /// How events travel.
    pub transport: Transport,
    /// Who may ask, how often, and from which sites; and how much a part takes on.
    pub access: Access,
    /// What the graphs are served with.
    pub graph: GraphSettings,
    /// Where the metrics are read, if anywhere.
    pub metrics: MetricsPort,
    /// The folder of the data.
    pub data: Option<PathBuf>,
}

impl Args {
    /// Those of this process; exits when they cannot be read, or ask for help.
    pub fn parse() -> Self {
        let names: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
        let about = format!("The whole bookstore in one process: front door, BFFs and services ({})", names.join(", "));
        let command = clap::Command::new("bookstore").version(env!("CARGO_PKG_VERSION"));
        let command = OwnArgs::augment_args(command)
            .args(CLIENTS.iter().map(|client| client.listen_arg()))
            .args(SERVICES.iter().flat_map(|service| service.args()));
        let parts = settings::matches(CommonArgs::augment_args(command).about(about));
        Self { own: settings::read(&parts), common: settings::read(&parts), parts }
    }

    /// What to do instead of serving.
    pub fn command(&self) -> Option<&Command> {
        self.common.command.as_ref()
    }

    /// How it is watched.
    pub fn observe(&self) -> &ObserveArgs {
        &self.common.observe
    }

    /// The address of the front door.
    pub fn gateway_listen(&self) -> &str {
        &self.own.gateway_listen
    }

    /// Reads all the settings.
    ///
    /// # Errors
    /// All that are wrong.
    pub fn read(&self) -> Result<Settings, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let listen = self.listen(&mut mistakes);
        let databases: Vec<_> = SERVICES.iter().map(|service| self.database(service, &mut mistakes)).collect();
        let own = SERVICES.iter().map(|one| Some((one.name, one.read_own(&self.parts, &mut mistakes)?)));
        let own: Vec<_> = own.collect();
        let manifests: Vec<&str> = CLIENTS.iter().map(|client| client.manifest).collect();
        let graph = self.common.graph.read(&manifests, &mut mistakes);
        let tokens = self.tokens(&mut mistakes);
        let load = self.common.load.read(&mut mistakes);
        let access = self.common.access.read(tokens, load, &mut mistakes);
        let metrics = self.common.observe.read(&mut mistakes);
        let transport = self.transport(&mut mistakes);
        let settings = || {
            let (listen, databases) = (listen?, databases.into_iter().collect::<Option<_>>()?);
            Some(Settings {
                listen,
                databases,
                own: own.into_iter().collect::<Option<_>>()?,
                transport: transport?,
                access: access?,
                graph: graph?,
                metrics: metrics?,
                data: Some(self.own.bookstore_data_dir.clone()),
            })
        };
        mistakes.finish(settings())
    }

    /// The database of a service: the one that is set, or a file in the data folder.
    pub fn database(&self, service: &Service, mistakes: &mut Mistakes) -> Option<DatabaseUrl> {
        let file = self.own.bookstore_data_dir.join(service.name).with_extension("db");
        let in_folder = format!("sqlite://{}", file.display());
        service.database().read(&self.parts, Some(&in_folder), mistakes)
    }

    /// How events travel.
    pub fn transport(&self, mistakes: &mut Mistakes) -> Option<Transport> {
        Some(self.common.events.read(mistakes)?.map_or_else(within, Transport::Amqp))
    }

    /// Tokens with the secret that is set, or with the one in the data folder, which is made when it is missing.
    pub fn tokens(&self, mistakes: &mut Mistakes) -> Option<Arc<Tokens>> {
        let mut args = self.common.tokens.clone();
        if args.jwt_secret.is_none() {
            match secret::load_or_make(&self.own.bookstore_data_dir) {
                Ok(secret) => args.jwt_secret = Some(secret),
                Err(error) => {
                    let folder = self.own.bookstore_data_dir.display();
                    mistakes.note("BOOKSTORE_DATA_DIR", format!("{folder} cannot be used: {error}"));
                    return None;
                }
            }
        }
        args.read(mistakes)
    }

    fn listen(&self, mistakes: &mut Mistakes) -> Option<Addresses> {
        let gateway = mistakes.check(GATEWAY_LISTEN, &self.own.gateway_listen, listen_address);
        let mut all = vec![(GATEWAY, gateway)];
        all.extend(CLIENTS.iter().map(|client| (client.name, client.read_listen(&self.parts, mistakes))));
        all.extend(SERVICES.iter().map(|service| (service.name, service.read_listen(&self.parts, mistakes))));
        all.into_iter().map(|(name, address)| Some((name, address?))).collect::<Option<_>>().map(Addresses)
    }
}

/// Events travel between the services of this process.
pub fn within() -> Transport {
    Transport::InProcess(SERVICES.iter().map(|service| service.name).collect())
}

/// The name of the setting of a part's address.
pub fn listen_setting(part: &str) -> String {
    let client = CLIENTS.iter().find(|client| client.name == part).map(|client| client.listen_setting());
    let service = || SERVICES.iter().find(|service| service.name == part).map(|service| service.listen_setting());
    client.or_else(service).unwrap_or_else(|| GATEWAY_LISTEN.to_owned())
}
