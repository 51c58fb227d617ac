//! A service as a process: its database is waited for and migrated, then its graph is served.

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use diesel_async::RunQueryDsl;
use graph_host::app::Part;
use graph_host::deadline::Deadline;
use graph_host::exit::{causes, failed};
use graph_host::health::Look;
use graph_host::load::{Load, LoadArgs};
use graph_host::metrics::MetricsPort;
use graph_host::observe::ObserveArgs;
use graph_host::probe;
use graph_host::serving::{listen, serve, stop_on_signal};
use graph_host::settings::{Mistakes, TokenArgs, WrongSettings, listen_address};
use graph_host::tokens::Tokens;
use graph_serve::{GraphArgs, GraphSettings, Unfit};
use tokio_util::sync::CancellationToken;

use crate::settings::{DatabaseSettings, RawDatabase};
use crate::{DatabaseUrl, Db, Migrations, StoreError, migrate, read};

/// How long to wait before the database is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// All that makes one service differ from another as a process.
pub struct Service {
    /// The name of the process in the log.
    pub part: &'static str,
    /// The setting that holds the address.
    pub listen: &'static str,
    /// The settings that say where the database is.
    pub database: DatabaseSettings,
    /// The schema of the data.
    pub migrations: Migrations,
    /// The routes over the migrated database.
    pub routes: fn(Db, Arc<Tokens>, GraphSettings) -> Result<Router, Unfit>,
}

/// What a service can do instead of serving.
#[derive(clap::Subcommand, Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Bring the database up to date and end
    Migrate,
    /// Ask the running service whether it is alive: exit code 0 when it is
    Health,
}

/// The settings of a service, as the command line and the environment have them.
pub struct RawSettings<'a> {
    /// The address to listen on.
    pub listen: &'a str,
    /// The database.
    pub database: RawDatabase<'a>,
    /// What the graph is served with.
    pub graph: &'a GraphArgs,
    /// How much the service takes on.
    pub load: &'a LoadArgs,
    /// Who may ask.
    pub tokens: &'a TokenArgs,
    /// How it is watched.
    pub observe: &'a ObserveArgs,
}

/// The settings of a service, checked.
struct Settings {
    listen: SocketAddr,
    database: DatabaseUrl,
    graph: GraphSettings,
    load: Load,
    tokens: Arc<Tokens>,
    metrics: MetricsPort,
}

impl Service {
    /// Serves until Ctrl-C or SIGTERM, or does what `command` says.
    pub async fn run(&self, raw: RawSettings<'_>, command: Option<Command>) -> ExitCode {
        match command {
            Some(Command::Health) => probe::check(self.listen, raw.listen),
            Some(Command::Migrate) => match self.read_database_alone(raw.database) {
                Ok(database) => self.migrate(&database).await,
                Err(wrong) => wrong.report(),
            },
            None => match self.read(&raw) {
                Ok(settings) => self.serve(settings).await.map_or_else(|error| failed(&*error), |()| ExitCode::SUCCESS),
                Err(wrong) => wrong.report(),
            },
        }
    }

    /// The address; what is wrong is noted in `mistakes`.
    pub fn read_listen(&self, text: &str, mistakes: &mut Mistakes) -> Option<SocketAddr> {
        mistakes.check(self.listen, text, listen_address)
    }

    fn read(&self, raw: &RawSettings<'_>) -> Result<Settings, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let listen = self.read_listen(raw.listen, &mut mistakes);
        let database = self.database.read(raw.database, &mut mistakes);
        let (graph, tokens) = (raw.graph.read(&[], &mut mistakes), raw.tokens.read(&mut mistakes));
        let (load, metrics) = (raw.load.read(&mut mistakes), raw.observe.read(&mut mistakes));
        let settings = || {
            let (listen, database, graph, load) = (listen?, database?, graph?, load?);
            Some(Settings { listen, database, graph, load, tokens: tokens?, metrics: metrics? })
        };
        mistakes.finish(settings())
    }

    /// The only settings that migrations need.
    fn read_database_alone(&self, raw: RawDatabase<'_>) -> Result<DatabaseUrl, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let database = self.database.read(raw, &mut mistakes);
        mistakes.finish(database)
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
        let Settings { listen: address, database, graph, load, tokens, metrics } = settings;
        let stop = stop_on_signal(load.grace)?;
        let _metrics = metrics.open()?;
        let Some(db) = open_when_ready(&database, self.migrations, &stop).await? else { return Ok(()) };
        let app = self.app(db, tokens, graph, load)?;
        let listener = listen(self.listen, address)?;
        tracing::info!(part = self.part, %address, %database, "serving");
        serve(listener, app, stop).await;
        Ok(())
    }

    /// The service over its migrated database.
    ///
    /// # Errors
    /// [`Unfit`], when a client's manifest has a document that does not fit the graph.
    pub fn app(&self, db: Db, tokens: Arc<Tokens>, graph: GraphSettings, load: Load) -> Result<Router, Unfit> {
        let part = Part { load, needs: Some(answers(db.clone())), ..Part::new(self.part) };
        Ok(part.app((self.routes)(db, tokens, graph)?))
    }
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
