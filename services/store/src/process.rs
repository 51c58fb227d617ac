//! A service as a process: its database is waited for and migrated, then its graph is served.

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use graph_host::app::app;
use graph_host::exit::{causes, failed};
use graph_host::serving::{listen, serve, stop_on_signal};
use graph_host::settings::Mistakes;
use graph_host::tokens::Tokens;
use graph_serve::ceiling::Limits;
use tokio_util::sync::CancellationToken;

use crate::{DatabaseUrl, Db, Migrations, StoreError, migrate};

/// How long to wait before the database is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// All that makes one service differ from another as a process.
pub struct Process {
    /// The name of the process in the log.
    pub part: &'static str,
    /// The setting that holds the address.
    pub listen_setting: &'static str,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Where the data is.
    pub database: DatabaseUrl,
    /// The schema of the data.
    pub migrations: Migrations,
    /// Who may ask.
    pub tokens: Arc<Tokens>,
    /// What a document may ask for.
    pub limits: Limits,
    /// The routes over the migrated database.
    pub routes: fn(Db, Arc<Tokens>, Limits) -> Router,
}

impl Process {
    /// Serves until Ctrl-C or SIGTERM.
    pub async fn run(self) -> ExitCode {
        match self.serve().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&*error),
        }
    }

    /// Applies pending migrations, says which, and ends.
    pub async fn migrate(self) -> ExitCode {
        match migrate(&self.database, self.migrations).await {
            Ok(applied) if applied.is_empty() => println!("{} is up to date.", self.database),
            Ok(applied) => println!("{}: applied {}.", self.database, applied.join(", ")),
            Err(error) => return failed(&error),
        }
        ExitCode::SUCCESS
    }

    async fn serve(self) -> Result<(), Box<dyn Error>> {
        let stop = stop_on_signal()?;
        let Some(db) = open_when_ready(&self.database, self.migrations, &stop).await? else { return Ok(()) };
        let listener = listen(self.listen_setting, self.listen)?;
        tracing::info!(part = self.part, address = %self.listen, database = %self.database, "serving");
        serve(listener, app(self.part, (self.routes)(db, self.tokens, self.limits)), stop).await;
        Ok(())
    }
}

/// Opens and migrates a database, waiting for it as long as it takes; nothing when it is time to stop.
///
/// # Errors
/// [`StoreError`] when the database is there but cannot be migrated.
pub async fn open_when_ready(
    url: &DatabaseUrl,
    migrations: Migrations,
    stop: &CancellationToken,
) -> Result<Option<Db>, StoreError> {
    loop {
        match migrate(url, migrations).await {
            Ok(applied) if applied.is_empty() => return Db::open(url).map(Some),
            Ok(applied) => {
                tracing::info!(database = %url, applied = applied.join(", "), "migrated");
                return Db::open(url).map(Some);
            }
            Err(error @ StoreError::NoConnection(_)) => {
                tracing::warn!(database = %url, cause = causes(&error), "waiting for the database");
            }
            Err(error) => return Err(error),
        }
        tokio::select! { () = tokio::time::sleep(TRY_AGAIN_AFTER) => {}, () = stop.cancelled() => return Ok(None) }
    }
}

/// Reads the URL of a database without repeating it, since it may hold a password.
pub fn database_url(name: &str, text: &str, mistakes: &mut Mistakes) -> Option<DatabaseUrl> {
    text.parse().map_err(|error| mistakes.note(name, error)).ok()
}
