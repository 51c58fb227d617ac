//! How many orders a second go from the cart to the booking, and how long one takes:
//! `cargo run --release -p bookstore --example orders_pace`. All parts, the database, the broker and who asks share this machine.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a tool of developers")]

#[global_allocator]
static ALLOCATOR: graph_host::Allocator = graph_host::Allocator;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bookstore::parts::{CLIENTS, SERVICES};
use bookstore::ports::{Addresses, GATEWAY, Ports};
use bookstore::settings::{Settings, within};
use bookstore::system::{Stores, System};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use events::Transport;
use graph_host::metrics::MetricsPort;
use graph_host::tokens::Tokens;
use graph_serve::GraphSettings;
use serde_json::{Value, json};
use store::{Db, read};
use testkit::{Database, Kind, RabbitMq};
use tokio_util::sync::CancellationToken;

/// How many orders are on their way at most, and how many there are in all, in a closed loop.
const ON_THE_WAY: i64 = 256;
const IN_ALL: i64 = 6_000;
/// How many orders a second come in an open loop, and for how long.
const A_SECOND: u64 = 50;
const SECONDS: u64 = 20;

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

async fn numbers(db: &Db, sql: &str) -> Vec<i64> {
    let asked = read!(db, |connection| diesel::sql_query(sql).load::<Number>(connection).await);
    asked.await.unwrap().into_iter().map(|row| row.n).collect()
}

async fn booked(db: &Db) -> i64 {
    numbers(db, "SELECT COUNT(*) AS n FROM orders WHERE status = 'DELIVERY_BOOKED'").await[0]
}

#[tokio::main]
async fn main() {
    let broker = RabbitMq::start();
    let asked: Vec<String> = std::env::args().skip(1).collect();
    for kind in Kind::ALL {
        for transport in [within(), Transport::Amqp(broker.url().parse().unwrap())] {
            let name =
                format!("{kind:?} {}", if matches!(transport, Transport::Amqp(_)) { "RabbitMQ" } else { "in process" });
            if asked.is_empty() || asked.contains(&name) {
                measure(&name, kind, transport).await;
            }
        }
    }
}

async fn measure(name: &str, kind: Kind, transport: Transport) {
    let databases: Vec<Database> = SERVICES.iter().map(|_| Database::new(kind)).collect();
    let any = "127.0.0.1:0".parse().unwrap();
    let names =
        [GATEWAY].into_iter().chain(CLIENTS.iter().map(|one| one.name)).chain(SERVICES.iter().map(|one| one.name));
    let own = |service: &service_host::Service| {
        service.own_defaults().with("DELIVERY_AUTOBOOK", "on").with("DELIVERY_CAPACITY", "1000000")
    };
    let tokens = Arc::new(Tokens::try_new(&[7; 32], "cmu.edu", &["starlord".to_owned()]).unwrap());
    let token = tokens.mint("starlord", Duration::from_secs(3_600)).unwrap();
    let settings = Settings {
        listen: Addresses(names.map(|name| (name, any)).collect()),
        databases: databases.iter().map(|database| database.url().parse().unwrap()).collect(),
        own: SERVICES.iter().map(|service| (service.name, own(service))).collect(),
        transport,
        access: tokens.into(),
        graph: GraphSettings::default(),
        metrics: MetricsPort::default(),
        data: None,
    };
    let ports = Ports::take(&settings.listen, str::to_owned).unwrap();
    let at = ports.addresses().unwrap();
    let stores = Stores::open(&settings, &CancellationToken::new()).await.unwrap().unwrap();
    let system = System::start(ports, &stores, &settings.access, &settings.graph, &settings.transport).await.unwrap();
    let shop = Shop {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        base: format!("http://{}", at.at("web-bff").unwrap()),
        token,
        orders: stores.of(&orders::SERVICE).unwrap(),
    };
    shop.shelve().await;
    let pace = shop.closed_loop().await;
    let [p50, p99] = shop.open_loop().await;
    println!(
        "{name}: {pace:.0} orders a second; at {A_SECOND} a second p50 {p50} ms, p99 {p99} ms from POST to DELIVERY_BOOKED"
    );
    system.stop().await;
}

#[derive(Clone)]
struct Shop {
    http: reqwest::Client,
    base: String,
    token: String,
    orders: Db,
}

impl Shop {
    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let request = request.header("x-client-type", "Web").header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    async fn shelve(&self) {
        for isbn in 1..=100 {
            let book = json!({"ISBN": isbn.to_string(), "title": "T", "Author": "A", "description": "D", "genre": "g",
                "price": 12.5, "quantity": 1_000_000});
            assert_eq!(self.post("/books", &book).await.0, 201);
        }
        while numbers(&self.orders, "SELECT COUNT(*) AS n FROM offers").await[0] < 100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn order(&self, nth: i64) -> i64 {
        let order = json!({"name": "Peter Quill", "email": "quill@example.com", "phone": "1", "street": "1 Main Street",
            "city": format!("City {}", nth % 50), "customerType": "B2C", "market": "US",
            "products": [{"ISBN": (1 + nth % 100).to_string(), "quantity": 1}, {"ISBN": (1 + (nth * 7 + 3) % 100).to_string(), "quantity": 2}],
            "paymentMethodId": "pm_card_visa"});
        let (status, answer) = self.post("/orders", &order).await;
        assert_eq!(status, 202, "{answer}");
        answer["orderId"].as_i64().unwrap()
    }

    /// How many orders a second are booked when no more than some are on their way.
    async fn closed_loop(&self) -> f64 {
        let (started, mut placed) = (Instant::now(), 0);
        let mut placing = tokio::task::JoinSet::new();
        loop {
            let done = booked(&self.orders).await;
            if done >= IN_ALL {
                return IN_ALL as f64 / started.elapsed().as_secs_f64();
            }
            while placed < IN_ALL && placed - done < ON_THE_WAY {
                let shop = self.clone();
                placing.spawn(async move { shop.order(placed).await });
                placed += 1;
            }
            while placing.try_join_next().is_some_and(|one| one.is_ok()) {}
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The median and the 99th percentile, in milliseconds, of the time from a POST to its booking.
    async fn open_loop(&self) -> [i64; 2] {
        let mut placing = tokio::task::JoinSet::new();
        let mut every = tokio::time::interval(Duration::from_micros(1_000_000 / A_SECOND));
        for nth in 0..i64::try_from(A_SECOND * SECONDS).unwrap() {
            every.tick().await;
            let shop = self.clone();
            placing.spawn(async move {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
                (shop.order(nth).await, i64::try_from(now.as_millis()).unwrap())
            });
        }
        let placed = placing.join_all().await;
        let all = IN_ALL + i64::try_from(placed.len()).unwrap();
        while booked(&self.orders).await < all {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut took = Vec::new();
        for (id, posted) in placed {
            took.push(
                numbers(&self.orders, &format!("SELECT changed_at AS n FROM orders WHERE order_id = {id}")).await[0]
                    - posted,
            );
        }
        took.sort_unstable();
        [took[took.len() / 2], took[took.len() * 99 / 100]]
    }
}
