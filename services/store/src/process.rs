//! A service as a process: its database is waited for and migrated, then its graph is served.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clap::{Arg, ArgMatches, Args as _};
use diesel_async::RunQueryDsl;
use graph_host::app::Part;
use graph_host::deadline::Deadline;
use graph_host::exit::{causes, failed};
use graph_host::health::Look;
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
use tokio_util::sync::CancellationToken;

use crate::settings::DatabaseSettings;
use crate::{DatabaseUrl, Db, Migrations, StoreError, migrate, read};

/// The `main` of a service's binary: `store::main!(plants::SERVICE);`
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
/// How long to wait before the database is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);

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
    /// The folder for what is no row, when there is one.
    pub data: Option<PathBuf>,
}

/// A tool of a service's binary, over the migrated database.
#[derive(Clone, Copy)]
pub struct Tool {
    /// The words of the command line, such as `plants` and `water`.
    pub words: [&'static str; 2],
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Does it, and says what came of it.
    pub run: fn(Db) -> Used,
}

/// What a tool comes to: a sentence for who used it.
pub type Used = Pin<Box<dyn Future<Output = Result<String, StoreError>> + Send>>;

impl Tool {
    fn command(&self) -> clap::Command {
        let [first, second] = self.words;
        let second = clap::Command::new(second).about(self.about);
        clap::Command::new(first).about(self.about).subcommand_required(true).subcommand(second)
    }

    fn is_asked(&self, matches: &ArgMatches) -> bool {
        let [first, second] = self.words;
        let below = matches.subcommand().filter(|(name, _)| *name == first);
        below.is_some_and(|(_, below)| below.subcommand_name() == Some(second))
    }
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
    graph: GraphSettings,
    load: Load,
    tokens: Arc<Tokens>,
    metrics: MetricsPort,
    data: Option<PathBuf>,
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
        [listen].into_iter().chain(self.database().args()).collect()
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
        if let Some(tokens) = &tokens {
            match listen.filter(|_| self.name == ISSUER) {
                Some(own) => _ = mistakes.check(&self.listen_setting(), "", |_| tokens.trust(&own_address(own))),
                None => trust_issuer(tokens, matches, &mut mistakes),
            }
        }
        let settings = || {
            let (listen, database, graph, load) = (listen?, database?, graph?, load?);
            let data = args.bookstore_data_dir.clone();
            Some(Settings { listen, database, graph, load, tokens: tokens?, metrics: metrics?, data })
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
        let Settings { listen: address, database, graph, load, tokens, metrics, data } = settings;
        let stop = stop_on_signal(load.grace)?;
        let _metrics = metrics.open()?;
        let Some(db) = open_when_ready(&database, self.migrations, &stop).await? else { return Ok(()) };
        let app = self.app(Setup { db, tokens, graph, data }, load)?;
        let listener = listen(&self.listen_setting(), address)?;
        tracing::info!(part = self.part, %address, %database, "serving");
        serve(listener, app, stop).await;
        Ok(())
    }

    /// The service over its migrated database.
    ///
    /// # Errors
    /// [`Unfit`], when a client's manifest has a document that does not fit the graph.
    pub fn app(&self, setup: Setup, load: Load) -> Result<Router, Unfit> {
        let part = Part { load, needs: Some(answers(setup.db.clone())), ..Part::new(self.part) };
        Ok(part.app((self.routes)(setup)?))
    }
}

/// Where a part that listens at `address` is found from this machine.
pub fn own_address(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}

/// How long a database may take to say that it is there.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// Finds out whether a database answers.
fn answers(db: Db) -> Look {
    Arc::new(move || {
        let db = db.clone();
        let asked =
            async move { read!(&db, |connection| diesel::sql_query("SELECT 1").execute(connection).await).await };
        Box::pin(async move { Deadline::within(ANSWERS_WITHIN).scope(asked).await.is_ok() })
    })
}

/// Opens and migrates a database, waiting for it as long as it takes; nothing when it is time to stop, also while data is
/// filled in.
///
/// # Errors
/// [`StoreError`] when the database is there but cannot be migrated.
pub async fn open_when_ready(
    url: &DatabaseUrl,
    migrations: Migrations,
    stop: &CancellationToken,
) -> Result<Option<Db>, StoreError> {
    loop {
        let migrated = tokio::select! {
            migrated = migrate(url, migrations) => migrated,
            () = stop.cancelled() => return Ok(None),
        };
        match migrated {
            Ok(applied) if applied.is_empty() => return Db::open_as(migrations.service, url).map(Some),
            Ok(applied) => {
                tracing::info!(database = %url, applied = applied.join(", "), "migrated");
                return Db::open_as(migrations.service, url).map(Some);
            }
            Err(error @ StoreError::NoConnection(_)) => {
                tracing::warn!(database = %url, cause = causes(&error), "waiting for the database");
            }
            Err(error) => return Err(error),
        }
        tokio::select! { () = tokio::time::sleep(TRY_AGAIN_AFTER) => {}, () = stop.cancelled() => return Ok(None) }
    }
}
