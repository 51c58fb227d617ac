//! A service as a process: its database is waited for and migrated, then its graph is served, and what it tells and hears
//! is carried.

mod database;
mod own;
mod tool;
mod work;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use clap::{Arg, ArgMatches, Args as _};
use events::{EventArgs, Handlers, Outbox, Routes, Running, Station, Transport};
use graph_host::app::Part;
use graph_host::exit::failed;
use graph_host::load::{Load, LoadArgs};
use graph_host::metrics::MetricsPort;
use graph_host::observe::ObserveArgs;
use graph_host::probe;
use graph_host::probe::reachable;
use graph_host::serving::{listen, serve, stop_on_signal};
use graph_host::settings::{
    self, ISSUER, Mistakes, TokenArgs, WrongSettings, listen_address, setting, trust_issuer, url_arg,
};
use graph_host::tokens::Tokens;
use graph_serve::{GraphArgs, GraphSettings, Unfit};
use store::settings::DatabaseSettings;
use store::{DatabaseUrl, Db, Migrations, migrate};

pub use crate::database::open_when_ready;
pub use crate::own::{Own, Values, on_or_off};
pub use crate::tool::{Tool, Used};
pub use crate::work::{Work, Working};

/// The `main` of a service's binary: `service_host::main!(plants::SERVICE);`
#[macro_export]
macro_rules! main {
    ($service:expr) => {
        #[global_allocator]
        static ALLOCATOR: ::graph_host::Allocator = ::graph_host::Allocator;

        #[tokio::main]
        async fn main() -> ::std::process::ExitCode {
            $service.main().await
        }
    };
}

/// The port of the service that issues tokens, unless a setting says otherwise.
const ISSUER_PORT: u16 = 3003;

/// All that makes one service differ from another as a process; its settings and its label follow from its name.
#[derive(Clone, Copy)]
pub struct Service {
    /// Its name, that of what it has, such as `plants`: of its graph and, in capitals, of its settings.
    pub name: &'static str,
    /// The name of the process, such as `plant-service`.
    pub part: &'static str,
    /// Its port unless a setting says otherwise.
    pub port: u16,
    /// The schema of the data.
    pub migrations: Migrations,
    /// Its routes.
    pub routes: fn(Setup) -> Result<Router, Unfit>,
    /// The settings that only it has.
    pub settings: &'static [Own],
    /// What it does with the events that it hears.
    pub hears: fn(&Values) -> Handlers,
    /// What its binary can do besides serving.
    pub tools: &'static [Tool],
}

/// What the routes of a service are made of.
pub struct Setup {
    /// Its database, migrated.
    pub db: Db,
    /// Who may ask.
    pub tokens: Arc<Tokens>,
    /// What its graph is served with.
    pub graph: GraphSettings,
    /// Where it puts what it tells.
    pub outbox: Outbox,
    /// The folder for what is no row, when there is one.
    pub data: Option<PathBuf>,
    /// The settings that only it has.
    pub own: Values,
    /// What it does besides answering is put in here.
    pub work: Work,
    /// Where it listens.
    pub address: SocketAddr,
}

/// What a service can do instead of serving.
#[derive(clap::Subcommand, Clone, Copy, Debug, PartialEq)]
enum Command {
    /// Bring the database up to date and end
    Migrate,
    /// Ask the running service whether it is alive: exit code 0 when it is
    Health,
}

/// The settings that all services have, behind those that follow from the name.
#[derive(clap::Args, Debug)]
struct Args {
    /// What to do instead of serving
    #[command(subcommand)]
    command: Option<Command>,
    /// Folder for files that are no rows; there are none unless set
    #[arg(long, env = "BOOKSTORE_DATA_DIR", global = true)]
    bookstore_data_dir: Option<PathBuf>,
    #[command(flatten)]
    events: EventArgs,
    #[command(flatten)]
    graph: GraphArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    tokens: TokenArgs,
    #[command(flatten)]
    observe: ObserveArgs,
}

/// The settings of a service, checked.
struct Settings {
    listen: SocketAddr,
    database: DatabaseUrl,
    transport: Transport,
    graph: GraphSettings,
    load: Load,
    tokens: Arc<Tokens>,
    metrics: MetricsPort,
    data: Option<PathBuf>,
    own: Values,
}

impl Service {
    /// What people call it: `plant service`.
    pub fn label(&self) -> String {
        self.part.replace('-', " ")
    }

    /// The name of the setting of its address, such as `PLANTS_LISTEN`.
    pub fn listen_setting(&self) -> String {
        format!("{}_LISTEN", self.name.to_uppercase())
    }

    /// The settings of its address and its database.
    pub fn args(&self) -> Vec<Arg> {
        let listen = setting(&self.listen_setting(), format!("Address of the {}", self.label()));
        let listen = listen.default_value(format!("127.0.0.1:{}", self.port));
        [listen].into_iter().chain(self.database().args()).chain(self.settings.iter().map(Own::arg)).collect()
    }

    /// The settings that only it has; what is wrong is noted in `mistakes`.
    pub fn read_own(&self, matches: &ArgMatches, mistakes: &mut Mistakes) -> Option<Values> {
        Values::read(self.settings, matches, mistakes)
    }

    /// Those settings as they are when nobody sets them.
    pub fn own_defaults(&self) -> Values {
        Values::defaults(self.settings)
    }

    /// The setting of the service that issues tokens, for all but that one.
    fn issuer_arg(&self) -> Option<Arg> {
        (self.name != ISSUER).then(|| url_arg(ISSUER, ISSUER_PORT))
    }

    /// The settings of its database.
    pub fn database(&self) -> DatabaseSettings {
        DatabaseSettings(self.name)
    }

    /// Its address; what is wrong is noted in `mistakes`.
    pub fn read_listen(&self, matches: &ArgMatches, mistakes: &mut Mistakes) -> Option<SocketAddr> {
        mistakes.check(&self.listen_setting(), self.listen(matches), listen_address)
    }

    fn listen<'a>(&self, matches: &'a ArgMatches) -> &'a str {
        settings::value(matches, &self.listen_setting()).unwrap_or_default()
    }

    /// Serves until Ctrl-C or SIGTERM, or does what the command line says.
    pub async fn main(&self) -> ExitCode {
        let about = format!("The {} of the bookstore: a GraphQL schema over a database of {}", self.label(), self.name);
        let command = clap::Command::new(self.part).version(env!("CARGO_PKG_VERSION")).args(self.args());
        let command = Args::augment_args(command.args(self.issuer_arg())).about(about);
        let matches = settings::matches(command.subcommands(self.tools.iter().map(Tool::command)));
        if let Some(tool) = self.tools.iter().find(|tool| tool.is_asked(&matches)) {
            return self.use_tool(tool, &matches).await;
        }
        let args: Args = settings::read(&matches);
        let traces = graph_host::logs::start(self.part, &args.observe);
        let code = self.run(&args, &matches).await;
        traces.flush().await;
        code
    }

    async fn run(&self, args: &Args, matches: &ArgMatches) -> ExitCode {
        match args.command {
            Some(Command::Health) => probe::check(&self.listen_setting(), self.listen(matches)),
            Some(Command::Migrate) => match self.read_database_alone(matches) {
                Ok(database) => self.migrate(&database).await,
                Err(wrong) => wrong.report(),
            },
            None => match self.read(args, matches) {
                Ok(settings) => self.serve(settings).await.map_or_else(|error| failed(&*error), |()| ExitCode::SUCCESS),
                Err(wrong) => wrong.report(),
            },
        }
    }

    fn read(&self, args: &Args, matches: &ArgMatches) -> Result<Settings, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let listen = self.read_listen(matches, &mut mistakes);
        let database = self.database().read(matches, None, &mut mistakes);
        let (graph, tokens) = (args.graph.read(&[], &mut mistakes), args.tokens.read(&mut mistakes));
        let (load, metrics) = (args.load.read(&mut mistakes), args.observe.read(&mut mistakes));
        let (broker, own) = (args.events.read(&mut mistakes), self.read_own(matches, &mut mistakes));
        if let Some(tokens) = &tokens {
            match listen.filter(|_| self.name == ISSUER) {
                Some(own) => _ = mistakes.check(&self.listen_setting(), "", |_| tokens.trust(&own_address(own))),
                None => trust_issuer(tokens, matches, &mut mistakes),
            }
        }
        let settings = || {
            let (listen, database, graph, load) = (listen?, database?, graph?, load?);
            let (data, transport) = (args.bookstore_data_dir.clone(), broker?.map_or(Transport::None, Transport::Amqp));
            let (tokens, metrics, own) = (tokens?, metrics?, own?);
            Some(Settings { listen, database, transport, graph, load, tokens, metrics, data, own })
        };
        mistakes.finish(settings())
    }

    /// The only settings that migrations need.
    fn read_database_alone(&self, matches: &ArgMatches) -> Result<DatabaseUrl, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let database = self.database().read(matches, None, &mut mistakes);
        mistakes.finish(database)
    }

    /// Brings the database up to date and uses a tool on it.
    async fn use_tool(&self, tool: &Tool, matches: &ArgMatches) -> ExitCode {
        let database = match self.read_database_alone(matches) {
            Ok(database) => database,
            Err(wrong) => return wrong.report(),
        };
        let used = async {
            migrate(&database, self.migrations).await?;
            (tool.run)(Db::open_as(self.migrations.service, &database)?).await
        };
        match used.await {
            Ok(told) => println!("{told}"),
            Err(error) => return failed(&error),
        }
        ExitCode::SUCCESS
    }

    /// Applies pending migrations and says which.
    async fn migrate(&self, database: &DatabaseUrl) -> ExitCode {
        match migrate(database, self.migrations).await {
            Ok(applied) if applied.is_empty() => println!("{database} is up to date."),
            Ok(applied) => println!("{database}: applied {}.", applied.join(", ")),
            Err(error) => return failed(&error),
        }
        ExitCode::SUCCESS
    }

    async fn serve(&self, settings: Settings) -> Result<(), Box<dyn Error>> {
        let Settings { listen: address, database, transport, graph, load, tokens, metrics, data, own } = settings;
        let stop = stop_on_signal(load.grace)?;
        let _metrics = metrics.open()?;
        let Some(db) = open_when_ready(&database, self.migrations, &stop).await? else { return Ok(()) };
        let station = Station::new(self.name, db.clone(), (self.hears)(&own), &transport)?;
        let listener = listen(&self.listen_setting(), address)?;
        let (address, work) = (listener.local_addr()?, Work::default());
        let (outbox, work_too) = (station.outbox().clone(), work.clone());
        let app = self.app(Setup { db, tokens, graph, outbox, data, own, work: work_too, address }, load)?;
        tracing::info!(part = self.part, %address, %database, "serving");
        self.say_who_hears(&transport);
        let (events, working) = (Running::start(&[station], &transport).await?, work.start());
        serve(listener, app, stop).await;
        working.stop().await;
        events.stop().await;
        Ok(())
    }

    /// Says so when nobody hears what this service tells, or it hears nothing though it should.
    fn say_who_hears(&self, transport: &Transport) {
        let concerned = |route: &&events::Route| route.from == self.name || route.heard_by.contains(&self.name);
        if matches!(transport, Transport::None)
            && let Some(route) = Routes::all().iter().find(concerned)
        {
            let event = route.event;
            tracing::warn!(
                part = self.part,
                event,
                "AMQP_URL is not set: no events, such as this one, are told or heard"
            );
        }
    }

    /// The service over its migrated database.
    ///
    /// # Errors
    /// [`Unfit`], when a client's manifest has a document that does not fit the graph.
    pub fn app(&self, setup: Setup, load: Load) -> Result<Router, Unfit> {
        let part = Part { load, needs: Some(database::answers(setup.db.clone())), ..Part::new(self.part) };
        Ok(part.app((self.routes)(setup)?))
    }
}

/// Where a part that listens at `address` is found from this machine.
pub fn own_address(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}
