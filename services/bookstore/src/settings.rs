//! The settings of the whole bookstore: those of its parts, and a folder for the data.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use graph_host::load::LoadArgs;
use graph_host::metrics::MetricsPort;
use graph_host::observe::ObserveArgs;
use graph_host::settings::{Mistakes, TokenArgs, WrongSettings, listen_address};
use graph_host::tokens::Tokens;
use graph_rest::{Access, AccessArgs};
use graph_serve::{GraphArgs, GraphSettings};
use store::DatabaseUrl;
use store::process::Service;
use store::settings::RawDatabase;

use crate::import::ImportArgs;
use crate::secret;
use crate::token::TokenCommandArgs;

/// The setting of the front door's address.
pub const GATEWAY_LISTEN: &str = "GATEWAY_LISTEN";

/// The whole bookstore: front door, web and mobile BFFs, book and customer services, in one process.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// What to do instead of serving
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Address of the front door
    #[arg(long, env = "GATEWAY_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub gateway_listen: String,
    /// Folder of the databases and the secret, unless they are given otherwise
    #[arg(long, env = "BOOKSTORE_DATA_DIR", default_value = "./data", global = true)]
    pub bookstore_data_dir: PathBuf,
    #[command(flatten)]
    web: bff_web::WebArgs,
    #[command(flatten)]
    mobile: bff_mobile::MobileArgs,
    #[command(flatten)]
    books: books::service::BooksArgs,
    #[command(flatten)]
    customers: customers::service::CustomersArgs,
    #[command(flatten)]
    graph: GraphArgs,
    #[command(flatten)]
    access: AccessArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    tokens: TokenArgs,
    /// How it is watched.
    #[command(flatten)]
    pub observe: ObserveArgs,
}

/// The tools.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Print a token
    Token(TokenCommandArgs),
    /// Add or update the books of a file
    Import(ImportArgs),
    /// Ask the running bookstore whether it is alive: exit code 0 when it is
    Health,
}

/// The settings, read and checked.
pub struct Settings {
    /// The addresses to listen on.
    pub listen: Listen,
    /// The books' database.
    pub books: DatabaseUrl,
    /// The customers' database.
    pub customers: DatabaseUrl,
    /// Who may ask, how often, and from which sites; and how much a part takes on.
    pub access: Access,
    /// What the graphs are served with.
    pub graph: GraphSettings,
    /// Where the metrics are read, if anywhere.
    pub metrics: MetricsPort,
}

/// The address of each part.
#[derive(Clone, Copy, Debug)]
pub struct Listen {
    /// The front door.
    pub gateway: SocketAddr,
    /// The web BFF.
    pub web: SocketAddr,
    /// The mobile BFF.
    pub mobile: SocketAddr,
    /// The book service.
    pub books: SocketAddr,
    /// The customer service.
    pub customers: SocketAddr,
}

impl Args {
    /// Reads all the settings.
    ///
    /// # Errors
    /// All that are wrong.
    pub fn read(&self) -> Result<Settings, WrongSettings> {
        let mut mistakes = Mistakes::default();
        let listen = self.listen(&mut mistakes);
        let books = self.books(&mut mistakes);
        let customers =
            self.database(&customers::service::SERVICE, self.customers.database(), "customers.db", &mut mistakes);
        let graph = self.graph.read(&[bff_web::MANIFEST, bff_mobile::MANIFEST], &mut mistakes);
        let tokens = self.tokens(&mut mistakes);
        let load = self.load.read(&mut mistakes);
        let access = self.access.read(tokens, load, &mut mistakes);
        let metrics = self.observe.read(&mut mistakes);
        let settings = || {
            let (listen, books, customers) = (listen?, books?, customers?);
            Some(Settings { listen, books, customers, access: access?, graph: graph?, metrics: metrics? })
        };
        mistakes.finish(settings())
    }

    /// The books' database: the one that is set, or a file in the data folder.
    pub fn books(&self, mistakes: &mut Mistakes) -> Option<DatabaseUrl> {
        self.database(&books::service::SERVICE, self.books.database(), "books.db", mistakes)
    }

    /// Tokens with the secret that is set, or with the one in the data folder, which is made when it is missing.
    pub fn tokens(&self, mistakes: &mut Mistakes) -> Option<Arc<Tokens>> {
        let mut args = self.tokens.clone();
        if args.jwt_secret.is_none() {
            match secret::load_or_make(&self.bookstore_data_dir) {
                Ok(secret) => args.jwt_secret = Some(secret),
                Err(error) => {
                    let folder = self.bookstore_data_dir.display();
                    mistakes.note("BOOKSTORE_DATA_DIR", format!("{folder} cannot be used: {error}"));
                    return None;
                }
            }
        }
        args.read(mistakes)
    }

    fn listen(&self, mistakes: &mut Mistakes) -> Option<Listen> {
        let gateway = mistakes.check(GATEWAY_LISTEN, &self.gateway_listen, listen_address);
        let web = mistakes.check(bff_web::LISTEN, &self.web.web_bff_listen, listen_address);
        let mobile = mistakes.check(bff_mobile::LISTEN, &self.mobile.mobile_bff_listen, listen_address);
        let books = books::service::SERVICE.read_listen(&self.books.books_listen, mistakes);
        let customers = customers::service::SERVICE.read_listen(&self.customers.customers_listen, mistakes);
        Some(Listen { gateway: gateway?, web: web?, mobile: mobile?, books: books?, customers: customers? })
    }

    /// The database that is set, or a file in the data folder.
    fn database(
        &self,
        service: &Service,
        raw: RawDatabase<'_>,
        file: &str,
        mistakes: &mut Mistakes,
    ) -> Option<DatabaseUrl> {
        let in_folder = format!("sqlite://{}", self.bookstore_data_dir.join(file).display());
        let url = Some(raw.url.unwrap_or(&in_folder));
        service.database.read(RawDatabase { url, ..raw }, mistakes)
    }
}
