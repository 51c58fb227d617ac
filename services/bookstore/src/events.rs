//! `bookstore events`: events that failed too often, listed and tried again.

use std::process::ExitCode;

use clap::Subcommand;
use events::Routes;
use events::parked::{self, LISTED_MAX};
use graph_host::exit::failed;
use graph_host::settings::{Mistakes, WrongSettings};
use service_host::Service;
use store::{DatabaseUrl, Db, StoreError, migrate};

use crate::parts::SERVICES;
use crate::settings::Args;

/// What can be done with events that failed.
#[derive(Clone, Debug, Subcommand)]
pub enum EventsCommand {
    /// List the events that failed too often, or can never take effect
    Parked,
    /// Have them tried again, once their cause is gone: the running bookstore does so within a second
    Retry {
        /// The id of an event; all of them unless it is given
        id: Option<String>,
    },
}

/// Does what was asked.
pub async fn run(args: &Args, asked: &EventsCommand) -> ExitCode {
    let databases = match databases(args) {
        Ok(databases) => databases,
        Err(wrong) => return wrong.report(),
    };
    let done = match asked {
        EventsCommand::Parked => list(&databases).await,
        EventsCommand::Retry { id } => retry(&databases, id.as_deref()).await,
    };
    match done {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

/// The databases of the services that hear something.
fn databases(args: &Args) -> Result<Vec<(&'static Service, DatabaseUrl)>, WrongSettings> {
    let mut mistakes = Mistakes::default();
    let hearers = SERVICES.iter().filter(|service| Routes::hearers().contains(&service.name));
    let found: Vec<_> = hearers.map(|service| Some((*service, args.database(service, &mut mistakes)?))).collect();
    mistakes.finish(found.into_iter().collect())
}

async fn open(service: &Service, url: &DatabaseUrl) -> Result<Db, StoreError> {
    migrate(url, service.migrations).await?;
    Db::open_as(service.name, url)
}

async fn list(databases: &[(&'static Service, DatabaseUrl)]) -> Result<ExitCode, StoreError> {
    let mut number = 0;
    for (service, url) in databases {
        let parked = parked::list(&open(service, url).await?).await?;
        for event in &parked {
            let (tries, name) = (if event.attempts == 1 { "try" } else { "tries" }, service.name);
            let (id, kind, subject, error) = (&event.id, &event.kind, &event.subject, &event.error);
            println!("{id}  {kind} of {subject}, to {name}, after {} {tries}: {error}", event.attempts);
        }
        number += parked.len();
        if i64::try_from(parked.len()).is_ok_and(|listed| listed >= LISTED_MAX) {
            println!("There may be more at {}: only the {LISTED_MAX} oldest are listed.", service.name);
        }
    }
    match number {
        0 => println!("No event is parked."),
        _ => println!("{number} parked. When their cause is gone: bookstore events retry [ID]"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn retry(databases: &[(&'static Service, DatabaseUrl)], id: Option<&str>) -> Result<ExitCode, StoreError> {
    let mut number = 0;
    for (service, url) in databases {
        number += parked::retry(&open(service, url).await?, id).await?;
    }
    match (number, id) {
        (0, Some(id)) => {
            eprintln!("No event {id} is parked; `bookstore events parked` lists those that are.");
            return Ok(ExitCode::FAILURE);
        }
        (0, None) => println!("No event is parked."),
        (1, _) => println!("1 event will be tried again."),
        _ => println!("{number} events will be tried again."),
    }
    Ok(ExitCode::SUCCESS)
}
