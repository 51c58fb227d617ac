//! All parts in one process, each on an address of its own, speaking to each other as they do in production.

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use books::store::BookStore;
use customers::store::CustomerStore;
use graph_call::Upstream;
use graph_host::exit::failed;
use graph_host::probe::reachable;
use graph_host::serving::{CannotListen, listen, serve, stop_on_signal};
use graph_rest::Access;
use graph_serve::GraphSettings;
use store::Db;
use store::process::open_when_ready;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::front_door::front_door;
use crate::settings::{Args, GATEWAY_LISTEN, Listen, Settings};
use crate::welcome::Examples;
use crate::{sample, welcome};

/// Serves until Ctrl-C or SIGTERM.
pub async fn run(args: Args) -> ExitCode {
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
    let ports = Ports::take(&settings.listen)?;
    let Some(stores) = Stores::open(&settings, &stop).await? else { return Ok(()) };
    let (books, customers) = (BookStore::new(stores.books.clone()), CustomerStore::new(stores.customers.clone()));
    sample::load(&books, &customers).await?;
    let examples = Examples::pick(&books, &customers).await?;
    let listen = ports.addresses()?;
    let system = System::start(ports, stores, &settings.access, settings.graph)?;
    // Nobody may be reading; the bookstore is open all the same.
    let _ = std::io::stdout().write_all(welcome::text(&listen, &settings.access.tokens, &examples)?.as_bytes());
    stop.cancelled().await;
    system.stop().await;
    Ok(())
}

/// The five ports, taken before anything else happens.
pub struct Ports {
    gateway: TcpListener,
    web: TcpListener,
    mobile: TcpListener,
    books: TcpListener,
    customers: TcpListener,
}

impl Ports {
    /// Takes all ports.
    ///
    /// # Errors
    /// [`CannotListen`], for the first one that is not free.
    pub fn take(wanted: &Listen) -> Result<Self, CannotListen> {
        Ok(Self {
            gateway: listen(GATEWAY_LISTEN, wanted.gateway)?,
            web: listen(bff_web::LISTEN, wanted.web)?,
            mobile: listen(bff_mobile::LISTEN, wanted.mobile)?,
            books: listen(books::service::SERVICE.listen, wanted.books)?,
            customers: listen(customers::service::SERVICE.listen, wanted.customers)?,
        })
    }

    /// The addresses, with the real port where port 0 was wanted.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn addresses(&self) -> std::io::Result<Listen> {
        Ok(Listen {
            gateway: self.gateway.local_addr()?,
            web: self.web.local_addr()?,
            mobile: self.mobile.local_addr()?,
            books: self.books.local_addr()?,
            customers: self.customers.local_addr()?,
        })
    }
}

/// The two databases, migrated.
pub struct Stores {
    /// The books.
    pub books: Db,
    /// The customers.
    pub customers: Db,
}

impl Stores {
    /// Opens both, waiting for them; nothing when it is time to stop.
    ///
    /// # Errors
    /// [`store::StoreError`] when one cannot be migrated.
    pub async fn open(settings: &Settings, stop: &CancellationToken) -> Result<Option<Self>, store::StoreError> {
        let Some(books) = open_when_ready(&settings.books, books::store::MIGRATIONS, stop).await? else {
            return Ok(None);
        };
        let customers = open_when_ready(&settings.customers, customers::store::MIGRATIONS, stop).await?;
        Ok(customers.map(|customers| Self { books, customers }))
    }
}

/// All parts, serving.
pub struct System {
    front: JoinSet<()>,
    services: JoinSet<()>,
    stop_front: CancellationToken,
    stop_services: CancellationToken,
}

impl System {
    /// Starts all parts on their ports.
    ///
    /// # Errors
    /// A sentence when a part cannot be made.
    pub fn start(ports: Ports, stores: Stores, access: &Access, graph: GraphSettings) -> Result<Self, Box<dyn Error>> {
        let at = ports.addresses()?;
        let mode = graph.documents.mode;
        let upstream = |name, address: SocketAddr| {
            Upstream::try_new(name, &format!("http://{}/graphql", reachable(address)), mode)
        };
        let tokens = &access.tokens;
        let (books, customers) = (upstream("book", at.books)?, upstream("customer", at.customers)?);
        let web = bff_web::app(books.clone(), customers.clone(), access.clone());
        let mobile = bff_mobile::app(books, customers, access.clone());
        let load = access.load;
        let books = books::service::SERVICE.app(stores.books, Arc::clone(tokens), graph.clone(), load)?;
        let customers = customers::service::SERVICE.app(stores.customers, Arc::clone(tokens), graph, load)?;

        let (stop_front, stop_services) = (CancellationToken::new(), CancellationToken::new());
        let (mut front, mut services) = (JoinSet::new(), JoinSet::new());
        let door = front_door(web.clone(), mobile.clone(), access);
        front.spawn(serve(ports.gateway, door, stop_front.clone()));
        front.spawn(serve(ports.web, web, stop_front.clone()));
        front.spawn(serve(ports.mobile, mobile, stop_front.clone()));
        services.spawn(serve(ports.books, books, stop_services.clone()));
        services.spawn(serve(ports.customers, customers, stop_services.clone()));
        Ok(Self { front, services, stop_front, stop_services })
    }

    /// Stops from the outside in, so that requests in flight still find the services that they need.
    pub async fn stop(mut self) {
        self.stop_front.cancel();
        while self.front.join_next().await.is_some() {}
        self.stop_services.cancel();
        while self.services.join_next().await.is_some() {}
    }
}
