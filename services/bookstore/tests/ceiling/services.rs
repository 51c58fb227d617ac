//! Both services over SQLite files, called without a socket.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use books::book::{Draft, NewBook};
use books::store::BookStore;
use customers::customer::{Draft as CustomerDraft, NewCustomer};
use customers::store::CustomerStore;
use graph_host::load::Load;
use graph_host::tokens::Tokens;
use graph_serve::GraphSettings;
use http_body_util::BodyExt;
use serde_json::Value;
use service_host::Setup;
use store::{Db, migrate};
use testkit::{Database, Kind};
use tower::ServiceExt;

/// How many books, and how many customers, the services keep.
const ROWS: usize = 1_200;

/// One of the services.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Service {
    Books,
    Customers,
}

impl Service {
    pub const ALL: [Self; 2] = [Self::Books, Self::Customers];
}

/// Both services, each with enough rows for its largest page.
pub struct Services {
    books: Router,
    customers: Router,
    token: String,
    _databases: [Database; 2],
}

/// What a service answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

/// The codes that a client can be at fault for.
const CODES: [&str; 5] =
    ["BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "DOCUMENT_TOO_COSTLY", "BAD_USER_INPUT"];

impl Answer {
    /// What came of the request: the code of its first error, or `data`.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub fn outcome(&self) -> Result<&'static str, String> {
        let text = String::from_utf8_lossy(&self.body);
        let json: Value = serde_json::from_slice(&self.body).map_err(|error| format!("{error}: {text}"))?;
        let executed = json.get("data").is_some();
        if self.status != if executed { StatusCode::OK } else { StatusCode::BAD_REQUEST } {
            return Err(format!("{}: {text}", self.status));
        }
        match json.get("errors").map(Value::as_array) {
            None if executed => Ok("data"),
            Some(Some(errors)) if !errors.is_empty() => {
                let codes: Option<Vec<_>> = errors.iter().map(code).collect();
                codes.and_then(|codes| codes.first().copied()).ok_or_else(|| format!("a faulty error: {text}"))
            }
            _ => Err(format!("neither data nor errors: {text}")),
        }
    }
}

/// The code of an error, when all that belongs to it is there.
fn code(error: &Value) -> Option<&'static str> {
    let extensions = &error["extensions"];
    let code = CODES.into_iter().find(|code| extensions["code"] == *code)?;
    let message = error["message"].as_str().filter(|message| !message.is_empty())?;
    if code == "DOCUMENT_TOO_COSTLY" {
        let (asked, allowed) = (extensions["asked"].as_u64()?, extensions["allowed"].as_u64()?);
        let told = [asked.to_string(), allowed.to_string(), extensions["limit"].as_str()?.to_owned()];
        return (asked > allowed && told.iter().all(|part| message.contains(part))).then_some(code);
    }
    Some(code)
}

impl Services {
    pub async fn open() -> Self {
        let databases = [Database::new(Kind::Sqlite), Database::new(Kind::Sqlite)];
        let tokens = Tokens::try_new(&[7; 32], "cmu.edu", &["groot".to_owned()]).unwrap();
        let token = tokens.mint("groot", Duration::from_secs(86_400)).unwrap();
        let tokens = Arc::new(tokens);
        let setup = |db| Setup {
            db,
            tokens: Arc::clone(&tokens),
            graph: GraphSettings::default(),
            outbox: events::Outbox::nowhere("ceiling"),
            data: None,
            own: service_host::Values::default(),
            work: service_host::Work::default(),
            address: ([127, 0, 0, 1], 0).into(),
        };
        let books = open(&databases[0], books::store::MIGRATIONS).await;
        BookStore::new(books.clone(), events::Outbox::nowhere("ceiling"))
            .import(&(0..ROWS).map(book).collect::<Vec<_>>())
            .await
            .unwrap();
        let customers = open(&databases[1], customers::store::MIGRATIONS).await;
        let rows: Vec<_> = (0..ROWS).map(customer).collect();
        CustomerStore::new(customers.clone()).fill_if_empty(&rows).await.unwrap();
        let load = Load::default();
        Self {
            books: books::SERVICE.app(setup(books), load).unwrap(),
            customers: customers::SERVICE.app(setup(customers), load).unwrap(),
            token,
            _databases: databases,
        }
    }

    /// Sends a body to `/graphql` of a service, and reads the whole answer.
    pub async fn post(&self, service: Service, body: Vec<u8>) -> Answer {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("authorization", format!("Bearer {}", self.token));
        let app = match service {
            Service::Books => self.books.clone(),
            Service::Customers => self.customers.clone(),
        };
        let response = app.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status();
        Answer { status, body: response.into_body().collect().await.unwrap().to_bytes().into() }
    }
}

async fn open(database: &Database, migrations: store::Migrations) -> Db {
    let url = database.url().parse().unwrap();
    migrate(&url, migrations).await.unwrap();
    Db::open(&url).unwrap()
}

fn book(number: usize) -> NewBook {
    let draft = Draft {
        isbn: format!("979-{number:07}"),
        title: format!("The Wealth of Nations, volume {number}"),
        author: "Adam Smith".to_owned(),
        description: "A Scottish philosopher works outward to wages, colonies and bakers. ".repeat(2),
        genre: "non-fiction".to_owned(),
        price: "19.25".to_owned(),
        quantity: 31,
    };
    NewBook::try_new(draft).unwrap()
}

fn customer(number: usize) -> NewCustomer {
    let draft = CustomerDraft {
        user_id: format!("customer{number}@example.com"),
        name: "Rocket Raccoon".to_owned(),
        phone: "+1-412-555-0123".to_owned(),
        address: "48 Milano Way".to_owned(),
        address2: Some("Deck 2".to_owned()),
        city: "Pittsburgh".to_owned(),
        state: "PA".to_owned(),
        zipcode: "15213".to_owned(),
    };
    NewCustomer::try_new(draft).unwrap()
}
