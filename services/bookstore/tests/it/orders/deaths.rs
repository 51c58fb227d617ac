//! Services, the broker and the provider die at any moment of an order: none is stuck, lost, or charged twice.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Database, Kind, RabbitMq};
use tokio::task::JoinSet;

use super::kit::{count, order};
use crate::kit::{Answer, App, SECRET, book, tokens, with};
use crate::process::{PATIENCE, Process, free_address, wait_until_up};

/// The services that an order needs, with the beginnings of their settings.
const SERVICES: [(&str, &str); 4] = [
    ("book-service", "BOOKS"),
    ("order-service", "ORDERS"),
    ("payment-service", "PAYMENTS"),
    ("delivery-service", "DELIVERY"),
];
/// How many orders there are, and how soon one follows another.
const ORDERS: usize = 60;
const EVERY: Duration = Duration::from_millis(100);

/// The services and a BFF, each a process, over a broker of their own.
struct Parts {
    services: Vec<Option<Process>>,
    databases: Vec<Database>,
    addresses: Vec<String>,
    broker: RabbitMq,
    bff: String,
    _bff: Process,
}

impl Parts {
    async fn start(kind: Kind) -> Self {
        let (broker, bff) = (RabbitMq::start(), free_address());
        let addresses: Vec<String> = SERVICES.iter().map(|_| free_address()).collect();
        let urls = SERVICES.iter().zip(&addresses);
        let urls: Vec<_> =
            urls.map(|((_, name), at)| (format!("{name}_URL"), format!("http://{at}/graphql"))).collect();
        let mut settings: Vec<(&str, &str)> = urls.iter().map(|(name, url)| (&**name, &**url)).collect();
        settings.extend([("WEB_BFF_LISTEN", &*bff), ("JWT_SECRET", SECRET), ("RUST_LOG", "error")]);
        let process = Process::start("web-bff", &settings);
        let databases = SERVICES.iter().map(|_| Database::new(kind)).collect();
        let services = SERVICES.iter().map(|_| None).collect();
        let mut parts = Self { services, databases, addresses, broker, bff, _bff: process };
        for nth in 0..SERVICES.len() {
            parts.restart(nth);
        }
        for address in parts.addresses.iter().chain([&parts.bff]) {
            wait_until_up(address).await;
        }
        parts
    }

    fn kill(&mut self, nth: usize) {
        if let Some(mut process) = self.services[nth].take() {
            process.signal("-KILL");
            process.code();
        }
    }

    fn restart(&mut self, nth: usize) {
        let (name, setting) = SERVICES[nth];
        let (url, listen, broker) = (format!("{setting}_DATABASE_URL"), format!("{setting}_LISTEN"), self.broker.url());
        let mut settings = vec![
            (&*url, self.databases[nth].url()),
            (&*listen, &*self.addresses[nth]),
            ("AMQP_URL", &*broker),
            ("JWT_SECRET", SECRET),
            ("RUST_LOG", "error"),
        ];
        if setting == "DELIVERY" {
            settings.push(("DELIVERY_AUTOBOOK", "on"));
        }
        self.services[nth] = Some(Process::start(name, &settings));
    }

    /// Kills something, and starts it again a moment later.
    async fn strike(&mut self, nth: usize) {
        match nth % (SERVICES.len() + 1) {
            service if service < SERVICES.len() => {
                self.kill(service);
                tokio::time::sleep(Duration::from_millis(200)).await;
                self.restart(service);
                wait_until_up(&self.addresses[service]).await;
            }
            _ => {
                self.broker.kill();
                tokio::task::block_in_place(|| self.broker.start_again());
            }
        }
    }

    fn app(&self) -> App {
        let token = tokens().mint("gamora", Duration::from_secs(600)).unwrap();
        App::new(format!("http://{}", self.bff)).of_type("Web").with_token(&token)
    }

    fn db(&self, nth: usize) -> store::Db {
        store::Db::open(&self.databases[nth].url().parse().unwrap()).unwrap()
    }
}

/// Asks until the services can be had: with a key, so that whatever became of the first try, it is done once.
async fn asked(app: &App, method: Method, path: &str, body: &Value, key: &str) -> Answer {
    let started = Instant::now();
    loop {
        let request = app.request(method.clone(), path).header("content-type", "application/json");
        let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
        let answer = Answer::to(request.body(body.to_string())).await;
        if !matches!(answer.status, 429 | 500..=504) {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_that_was_accepted_is_delivered_once_whatever_dies_meanwhile() {
    for kind in Kind::ALL {
        let mut parts = Parts::start(kind).await;
        let app = parts.app();
        let shelved = with(&book("1"), json!({"price": 12.5, "quantity": 1000}));
        assert_eq!(asked(&app, Method::POST, "/books", &shelved, "").await.status, 201);
        let started = Instant::now();
        while asked(&app, Method::POST, "/orders", &with(&order("1", 1), json!({"totalPrice": 1})), "").await.status
            == 404
        {
            assert!(started.elapsed() < PATIENCE, "the book never can be ordered");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut placing = JoinSet::new();
        for nth in 0..ORDERS {
            let app = app.clone();
            placing.spawn(async move {
                tokio::time::sleep(EVERY * u32::try_from(nth).unwrap()).await;
                let answer = asked(&app, Method::POST, "/orders", &order("1", 2), &format!("order-{nth}")).await;
                assert_eq!(answer.status, 202, "{}", answer.text);
                answer.json()["orderId"].as_i64().unwrap()
            });
        }
        let mut strikes = 0;
        while started.elapsed() < EVERY * u32::try_from(ORDERS).unwrap() {
            parts.strike(strikes).await;
            strikes += 1;
        }
        let mut ids = placing.join_all().await;
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ORDERS, "on {kind:?}: two keys have one order");
        let (orders, waiting) = (parts.db(1), Instant::now());
        let booked = "SELECT COUNT(*) AS n FROM orders WHERE status = ?";
        while count(&orders, booked, "DELIVERY_BOOKED").await < i64::try_from(ORDERS).unwrap() {
            let all = count(&orders, "SELECT COUNT(*) AS n FROM orders WHERE status <> ?", "").await;
            assert!(waiting.elapsed() < PATIENCE * 3, "on {kind:?}: {all} orders, and not all are booked");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        println!(
            "on {kind:?}: {strikes} deaths, the last order was booked {:?} after the last death",
            waiting.elapsed()
        );
        assert_eq!(count(&orders, "SELECT COUNT(*) AS n FROM orders WHERE status <> ?", "").await, ids.len() as i64);
        let (books, payments) = (parts.db(0), parts.db(2));
        assert_eq!(
            count(&books, "SELECT quantity AS n FROM books WHERE isbn_key = ?", "1").await,
            1000 - 2 * ids.len() as i64
        );
        let charged = "SELECT COUNT(*) AS n FROM sandbox_intents WHERE status = ?";
        assert_eq!(count(&payments, charged, "succeeded").await, ids.len() as i64, "charged once each");
        let balance = "SELECT CAST(SUM(cents) AS SIGNED) AS n FROM ledger WHERE account = ?";
        assert_eq!(count(&payments, balance, "provider").await, 2500 * ids.len() as i64);
        assert_eq!(count(&payments, balance, "sales").await, -2500 * ids.len() as i64);
        assert!(strikes > SERVICES.len(), "only {strikes} deaths: not everything died once");
    }
}
