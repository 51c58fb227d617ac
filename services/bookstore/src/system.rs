//! All parts in one process, each on an address of its own, speaking to each other as they do in production.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use ::events::{Outbox, Running, Station, Transport};
use axum::Router;
use books::store::BookStore;
use customers::store::CustomerStore;
use graph_call::Upstream;
use graph_host::exit::failed;
use graph_host::probe::reachable;
use graph_host::serving::{serve, stop_on_signal};
use graph_host::settings::ISSUER;
use graph_rest::{Access, Client, Upstreams};
use graph_serve::GraphSettings;
use service_host::{Service, Setup, Values, Work, Working, open_when_ready, own_address};
use store::Db;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::front_door::front_door;
use crate::parts::{CLIENTS, SERVICES};
use crate::ports::{GATEWAY, Ports};
use crate::settings::{Args, Settings, listen_setting};
use crate::welcome::Examples;
use crate::{sample, welcome};

/// Serves until Ctrl-C or SIGTERM.
pub async fn run(args: &Args) -> ExitCode {
    let settings = match args.read() {
        Ok(settings) => settings,
        Err(wrong) => return wrong.report(),
    };
    match serve_until_stopped(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

async fn serve_until_stopped(settings: Settings) -> Result<(), Box<dyn Error>> {
    let stop = stop_on_signal(settings.access.load.grace)?;
    let _metrics = settings.metrics.open()?;
    let ports = Ports::take(&settings.listen, listen_setting)?;
    let Some(stores) = Stores::open(&settings, &stop).await? else { return Ok(()) };
    let told = Outbox::new(books::SERVICE.name, &settings.transport);
    let books = BookStore::new(stores.of(&books::SERVICE)?, told);
    let customers = CustomerStore::new(stores.of(&customers::SERVICE)?);
    sample::load(&books, &customers).await?;
    let examples = Examples::pick(&books, &customers).await?;
    let listen = ports.addresses()?;
    let system = System::start(ports, &stores, &settings.access, &settings.graph, &settings.transport).await?;
    // Nobody may be reading; the bookstore is open all the same.
    let _ = std::io::stdout().write_all(welcome::text(&listen, &settings.access.tokens, &examples)?.as_bytes());
    stop.cancelled().await;
    system.stop().await;
    Ok(())
}

/// The databases of all services, migrated, with the settings that only they have, and the folder for what is no row.
pub struct Stores {
    databases: Vec<(&'static str, Db)>,
    own: Vec<(&'static str, Values)>,
    data: Option<PathBuf>,
}

impl Stores {
    /// Opens all, waiting for them; nothing when it is time to stop.
    ///
    /// # Errors
    /// [`store::StoreError`] when one cannot be migrated.
    pub async fn open(settings: &Settings, stop: &CancellationToken) -> Result<Option<Self>, store::StoreError> {
        let mut all = Vec::new();
        for (service, url) in SERVICES.iter().zip(&settings.databases) {
            let Some(db) = open_when_ready(url, service.migrations, stop).await? else { return Ok(None) };
            all.push((service.name, db));
        }
        Ok(Some(Self { databases: all, own: settings.own.clone(), data: settings.data.clone() }))
    }

    /// The settings that only this service has.
    fn own(&self, service: &Service) -> Values {
        self.own.iter().find(|(name, _)| *name == service.name).map(|(_, own)| own.clone()).unwrap_or_default()
    }

    /// The database of a service.
    ///
    /// # Errors
    /// A sentence when it is none of the parts.
    pub fn of(&self, service: &Service) -> Result<Db, String> {
        let found = self.databases.iter().find(|(name, _)| *name == service.name).map(|(_, db)| db.clone());
        found.ok_or_else(|| format!("the bookstore has no {}", service.label()))
    }
}

/// All parts, serving.
pub struct System {
    front: JoinSet<()>,
    services: JoinSet<()>,
    events: Running,
    working: Working,
    stop_front: CancellationToken,
    stop_services: CancellationToken,
}

impl System {
    /// Starts all parts on their ports.
    ///
    /// # Errors
    /// A sentence when a part cannot be made.
    pub async fn start(
        ports: Ports,
        stores: &Stores,
        access: &Access,
        graph: &GraphSettings,
        transport: &Transport,
    ) -> Result<Self, Box<dyn Error>> {
        let at = ports.addresses()?;
        if let Some(address) = at.at(ISSUER) {
            access.tokens.trust(&own_address(address))?;
        }
        let upstream = |service: &Service| {
            let address = at.at(service.name).ok_or("a service without an address")?;
            let url = format!("http://{}/graphql", reachable(address));
            Ok::<_, String>((service.name, Upstream::try_new(service.name, &url, graph.documents.mode)?))
        };
        let upstreams = Upstreams::new(SERVICES.iter().map(|one| upstream(one)).collect::<Result<Vec<_>, _>>()?);
        let client = |client: &'static Client| Ok((client, graph_rest::app(client, &upstreams, access.clone())?));
        let clients = CLIENTS.iter().map(|one| client(one)).collect::<Result<Vec<_>, graph_rest::Unfit>>()?;
        let (mut apps, mut stations): (Vec<(&str, Router)>, _) = (Vec::new(), Vec::new());
        let work = Work::default();
        for service in SERVICES {
            let (db, tokens) = (stores.of(service)?, Arc::clone(&access.tokens));
            let own = stores.own(service);
            let station = Station::new(service.name, db.clone(), (service.hears)(&own), transport)?;
            let (outbox, data, work) = (station.outbox().clone(), stores.data.clone(), work.clone());
            let address = at.at(service.name).ok_or("a service without an address")?;
            let setup = Setup { db, tokens, graph: graph.clone(), outbox, data, own, work, address };
            let app = service.app(setup, access.load)?;
            apps.push((service.name, app));
            stations.push(station);
        }
        let issuer = apps.iter().find(|(name, _)| *name == ISSUER).map(|(_, app)| app.clone());
        apps.push((GATEWAY, front_door(&clients, issuer, access)));
        apps.extend(clients.into_iter().map(|(client, app)| (client.name, app)));
        let mut system = Self {
            front: JoinSet::new(),
            services: JoinSet::new(),
            events: Running::start(&stations, transport).await?,
            working: work.start(),
            stop_front: CancellationToken::new(),
            stop_services: CancellationToken::new(),
        };
        for (name, port) in ports.into_iter() {
            let app = apps.iter().find(|(known, _)| *known == name).map(|(_, app)| app.clone());
            let app = app.ok_or_else(|| format!("nothing answers as {name}"))?;
            match SERVICES.iter().any(|service| service.name == name) {
                true => system.services.spawn(serve(port, app, system.stop_services.clone())),
                false => system.front.spawn(serve(port, app, system.stop_front.clone())),
            };
        }
        Ok(system)
    }

    /// Stops from the outside in, so that requests in flight still find the services that they need.
    pub async fn stop(mut self) {
        self.stop_front.cancel();
        while self.front.join_next().await.is_some() {}
        self.stop_services.cancel();
        while self.services.join_next().await.is_some() {}
        self.working.stop().await;
        self.events.stop().await;
    }
}
