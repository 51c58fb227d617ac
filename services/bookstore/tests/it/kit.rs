//! A bookstore for one test, and clients that speak its REST and its GraphQL.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bookstore::parts::{CLIENTS, SERVICES};
use bookstore::ports::{Addresses, GATEWAY, Ports};
use bookstore::settings::{Settings, within};
use bookstore::system::{Stores, System};
use events::{Outbox, Transport};
use graph_call::Upstream;
use graph_documents::Mode;
use graph_host::metrics::MetricsPort;
use graph_host::serving;
use graph_host::tokens::Tokens;
use graph_rest::{Access, Upstreams};
use graph_serve::GraphSettings;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use service_host::{Service, Setup, Values, Work};
use store::Db;
use testkit::{Database, Kind};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The secret that the tests sign with.
pub const SECRET: &str = "a secret of the tests, 32 bytes or more";

/// The three values of `X-Client-Type`.
pub const CLIENT_TYPES: [&str; 3] = ["Web", "iOS", "Android"];

/// A bookstore with an empty store of its own.
pub struct Bookstore {
    /// The addresses of all parts.
    pub listen: Addresses,
    pub tokens: Arc<Tokens>,
    _system: System,
    databases: Vec<Database>,
}

/// An app: it has a base address, a token and a client type.
#[derive(Clone)]
pub struct App {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    client_type: Option<String>,
}

/// What an app got.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

/// The tokens of the tests.
pub fn tokens() -> Arc<Tokens> {
    let subjects = ["starlord".to_owned(), "gamora".to_owned()];
    Arc::new(Tokens::try_new(SECRET.as_bytes(), "cmu.edu", &subjects).unwrap())
}

/// What a service is made of over a database, with the tokens of the tests.
pub fn setup(db: Db, graph: GraphSettings) -> Setup {
    let (outbox, own, work) = (Outbox::nowhere("test"), Values::default(), Work::default());
    Setup { db, tokens: tokens(), graph, outbox, data: None, own, work, address: ([127, 0, 0, 1], 0).into() }
}

/// The settings that only one service has, with these values of theirs.
fn set(service: &Service, own: &[(&str, &str)]) -> Values {
    own.iter().fold(service.own_defaults(), |values, (name, value)| values.with(name, value))
}

/// Serves a router on a free port, until the test ends; gives its base address.
pub async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serving::serve(listener, app, CancellationToken::new()));
    base
}

/// All services, at one base address.
pub fn all_at(base: &str, mode: Mode) -> Upstreams {
    let upstream = |name| Upstream::try_new(name, &format!("{base}/graphql"), mode).unwrap();
    Upstreams::new(SERVICES.iter().map(|service| (service.name, upstream(service.name))))
}

/// An app of each type, whose BFFs have all their services at one base address and may be used by these.
pub async fn apps_over(base: &str, access: Access) -> Vec<App> {
    let upstreams = all_at(base, Mode::Open);
    let web = serve(graph_rest::app(&bff_web::CLIENT, &upstreams, access.clone()).unwrap()).await;
    let mobile = serve(graph_rest::app(&bff_mobile::CLIENT, &upstreams, access).unwrap()).await;
    let token = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
    let base = |client_type: &str| if client_type == "Web" { web.clone() } else { mobile.clone() };
    CLIENT_TYPES.iter().map(|one| App::new(base(one)).of_type(one).with_token(&token)).collect()
}

/// Runs a test on a bookstore of each kind.
pub async fn on_each(test: impl AsyncFn(&Bookstore)) {
    for kind in Kind::ALL {
        println!("on {kind:?}");
        test(&Bookstore::open(kind).await).await;
    }
}

impl Bookstore {
    /// An empty bookstore over databases of this kind, on free ports.
    pub async fn open(kind: Kind) -> Self {
        Self::with(kind, GraphSettings::default()).await
    }

    /// An empty bookstore whose graphs are served with these settings.
    pub async fn with(kind: Kind, graph: GraphSettings) -> Self {
        Self::made_of(kind, graph, tokens().into(), None, within(), &[]).await
    }

    /// An empty bookstore whose BFFs may be used by these.
    pub async fn open_to(kind: Kind, access: Access) -> Self {
        Self::made_of(kind, GraphSettings::default(), access, None, within(), &[]).await
    }

    /// An empty bookstore with a folder for what is no row.
    pub async fn open_in(kind: Kind, folder: &Path) -> Self {
        Self::made_of(kind, GraphSettings::default(), tokens().into(), Some(folder.to_owned()), within(), &[]).await
    }

    /// An empty bookstore whose events travel so.
    pub async fn open_over(kind: Kind, transport: Transport) -> Self {
        Self::open_so(kind, transport, &[]).await
    }

    /// The same, with these settings that only one service has.
    pub async fn open_so(kind: Kind, transport: Transport, own: &[(&str, &str)]) -> Self {
        Self::made_of(kind, GraphSettings::default(), tokens().into(), None, transport, own).await
    }

    async fn made_of(
        kind: Kind,
        graph: GraphSettings,
        access: Access,
        data: Option<PathBuf>,
        transport: Transport,
        own: &[(&str, &str)],
    ) -> Self {
        let databases: Vec<Database> = SERVICES.iter().map(|_| Database::new(kind)).collect();
        let any = "127.0.0.1:0".parse().unwrap();
        let clients = CLIENTS.iter().map(|client| client.name);
        let names = [GATEWAY].into_iter().chain(clients).chain(SERVICES.iter().map(|service| service.name));
        let settings = Settings {
            listen: Addresses(names.map(|name| (name, any)).collect()),
            databases: databases.iter().map(|database| database.url().parse().unwrap()).collect(),
            own: SERVICES.iter().map(|service| (service.name, set(service, own))).collect(),
            transport,
            access,
            graph,
            metrics: MetricsPort::default(),
            data,
        };
        let ports = Ports::take(&settings.listen, str::to_owned).unwrap();
        let listen = ports.addresses().unwrap();
        let stores = Stores::open(&settings, &CancellationToken::new()).await.unwrap().unwrap();
        let system =
            System::start(ports, &stores, &settings.access, &settings.graph, &settings.transport).await.unwrap();
        Self { listen, tokens: settings.access.tokens, _system: system, databases }
    }

    /// Where a part answers.
    pub fn at(&self, part: &str) -> SocketAddr {
        self.listen.at(part).unwrap()
    }

    /// An app of this type at the front door.
    pub fn app(&self, client_type: &str) -> App {
        App::new(format!("http://{}", self.at("gateway"))).of_type(client_type).with_token(&self.token())
    }

    /// The database of a service.
    pub fn db(&self, service: &str) -> Db {
        let nth = SERVICES.iter().position(|one| one.name == service).unwrap();
        Db::open(&self.databases[nth].url().parse().unwrap()).unwrap()
    }

    /// The name of the books' database (0), or of the customers' (1).
    pub fn database(&self, nth: usize) -> &str {
        self.databases[nth].name()
    }

    /// A token that is valid for a minute.
    pub fn token(&self) -> String {
        self.tokens.mint("starlord", Duration::from_secs(60)).unwrap()
    }
}

impl App {
    pub fn new(base: String) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
        Self { http, base, token: None, client_type: None }
    }

    pub fn of_type(&self, client_type: &str) -> Self {
        Self { client_type: Some(client_type.to_owned()), ..self.clone() }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same app at another base address.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The name of the key that signed its token.
    pub fn key(&self) -> String {
        jsonwebtoken::decode_header(self.token.as_deref().unwrap()).unwrap().kid.unwrap_or_default()
    }

    /// Where it asks: a host and a port.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(client_type) = &self.client_type {
            request = request.header("x-client-type", client_type);
        }
        request
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body.to_string()).await
    }

    pub async fn send(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::to(self.request(method, path).header("content-type", "application/json").body(body)).await
    }
}

impl Answer {
    pub async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Holds the answer to be a success with this body.
    #[track_caller]
    pub fn is(&self, status: u16, body: &Value) {
        assert_eq!((self.status, self.json()), (status, body.clone()));
        assert_eq!(self.header("content-type"), "application/json");
    }

    /// Holds the answer to be a problem whose message says each of `words`.
    #[track_caller]
    pub fn is_problem(&self, status: u16, words: &[&str]) {
        assert_eq!((self.status, self.header("content-type")), (status, "application/problem+json"), "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["status"], status);
        let message = problem["message"].as_str().unwrap_or_default();
        for word in words {
            assert!(message.contains(word), "{message:?} does not say {word:?}");
        }
        for secret in ["SELECT", "sqlite", "mysql", "diesel", "127.0.0.1", "panicked", ".rs"] {
            assert!(!self.text.contains(secret), "{} gives away {secret:?}", self.text);
        }
    }
}

/// A book as the REST API takes and gives it.
pub fn book(isbn: &str) -> Value {
    json!({
        "ISBN": isbn, "title": "Awesome Mix", "Author": "Peter Quill", "description": "Songs, vol. 1.",
        "genre": "non-fiction", "price": 59.95, "quantity": 106
    })
}

/// A customer as the REST API takes it.
pub fn customer(user_id: &str) -> Value {
    json!({
        "userId": user_id, "name": "Rocket", "phone": "+1-412-555-0123", "address": "48 Milano Way",
        "address2": "Deck 2", "city": "Pittsburgh", "state": "PA", "zipcode": "15213"
    })
}

/// `value` with other fields.
pub fn with(value: &Value, changes: Value) -> Value {
    let mut changed = value.clone();
    for (name, new) in changes.as_object().unwrap() {
        changed[name] = new.clone();
    }
    changed
}

/// `value` without a field.
pub fn without(value: &Value, name: &str) -> Value {
    let mut changed = value.clone();
    changed.as_object_mut().unwrap().remove(name);
    changed
}
