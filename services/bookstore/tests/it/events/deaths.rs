//! Services and the broker die at any moment: what was acknowledged takes effect all the same.

use std::time::{Duration, Instant};

use graph_host::identity::Role;
use reqwest::Method;
use serde_json::json;
use testkit::{Database, Kind, RabbitMq};

use crate::kit::{Answer, App, SECRET, tokens};
use crate::people::PASSWORD;
use crate::process::{PATIENCE, Process, free_address, wait_until_up};

/// The account and the review service and a BFF, each a process, over a broker of their own.
struct Parts {
    services: [Option<Process>; 2],
    databases: [Database; 2],
    addresses: [String; 3],
    broker: RabbitMq,
    _bff: Process,
}

/// The services that tell and hear, with the beginnings of their settings.
const SERVICES: [(&str, &str); 2] = [("account-service", "ACCOUNTS"), ("review-service", "REVIEWS")];

impl Parts {
    async fn start(kind: Kind) -> Self {
        let (broker, addresses) = (RabbitMq::start(), [(); 3].map(|()| free_address()));
        let url = |nth: usize| format!("http://{}/graphql", addresses[nth]);
        let settings = [
            ("ACCOUNTS_URL", url(0)),
            ("REVIEWS_URL", url(1)),
            ("WEB_BFF_LISTEN", addresses[2].clone()),
            ("JWT_SECRET", SECRET.to_owned()),
            ("RUST_LOG", "error".to_owned()),
        ];
        let bff = Process::start("web-bff", &settings.each_ref().map(|(name, value)| (*name, &**value)));
        let databases = [(); 2].map(|()| Database::new(kind));
        let mut parts = Self { services: [None, None], databases, addresses, broker, _bff: bff };
        for nth in 0..2 {
            parts.restart(nth);
        }
        for address in &parts.addresses {
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
        let (url, listen) = (format!("{setting}_DATABASE_URL"), format!("{setting}_LISTEN"));
        let (broker, accounts) = (self.broker.url(), format!("http://{}/graphql", self.addresses[0]));
        let mut settings = vec![
            (&*url, self.databases[nth].url()),
            (&*listen, &*self.addresses[nth]),
            ("AMQP_URL", &*broker),
            ("JWT_SECRET", SECRET),
            ("RUST_LOG", "error"),
        ];
        if nth > 0 {
            settings.push(("ACCOUNTS_URL", &accounts));
        }
        self.services[nth] = Some(Process::start(name, &settings));
    }

    fn app(&self) -> App {
        App::new(format!("http://{}", self.addresses[2])).of_type("Web")
    }
}

/// Asks until the services can be had.
async fn asked(app: &App, method: Method, path: &str, body: &serde_json::Value) -> Answer {
    let started = Instant::now();
    loop {
        let request = app.request(method.clone(), path).header("content-type", "application/json");
        let answer = Answer::to(request.body(body.to_string())).await;
        if !matches!(answer.status, 500..=504) {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_removed_is_forgotten_whatever_dies_meanwhile() {
    for kind in Kind::ALL {
        let mut parts = Parts::start(kind).await;
        let mut people = Vec::new();
        for nth in 0..12 {
            let account = json!({"email": format!("{nth}@example.com"), "password": PASSWORD, "name": "N", "role": Role::Buyer.name()});
            let made = asked(&parts.app(), Method::POST, "/signup", &account).await;
            assert_eq!(made.status, 201, "{}", made.text);
            let made = made.json();
            let app = parts.app().with_token(made["accessToken"].as_str().unwrap());
            let review = json!({"stars": 1 + nth % 5, "title": "T", "text": "Its text"});
            let reviewed = asked(&app, Method::POST, "/books/1/reviews", &review).await;
            assert_eq!(reviewed.status, 201, "{}", reviewed.text);
            people.push((made["account"]["id"].as_str().unwrap().to_owned(), app));
        }
        for (nth, (id, app)) in people.iter().enumerate() {
            // Who hears is dead while it is told; who tells dies right after it; the broker dies.
            match nth % 4 {
                0 => parts.kill(1),
                2 => parts.broker.kill(),
                _ => {}
            }
            let removed = asked(app, Method::DELETE, &format!("/accounts/{id}"), &json!({})).await;
            assert!(matches!(removed.status, 204 | 401 | 404), "{}", removed.text);
            match nth % 4 {
                0 => parts.restart(1),
                1 => {
                    parts.kill(0);
                    parts.restart(0);
                    wait_until_up(&parts.addresses[0]).await;
                }
                2 => tokio::task::block_in_place(|| parts.broker.start_again()),
                _ => {}
            }
        }
        let admin = parts.app().with_token(&tokens().mint("gamora", Duration::from_secs(120)).unwrap());
        let started = Instant::now();
        loop {
            let reviews = asked(&admin, Method::GET, "/books/1/reviews", &json!({})).await.json();
            let reviews = reviews.as_array().unwrap();
            assert_eq!(reviews.len(), people.len());
            let author = |review: &serde_json::Value| review["author"].as_str().unwrap().to_owned();
            let left = reviews.iter().filter(|review| people.iter().any(|(id, _)| *id == author(review))).count();
            if left == 0 {
                break;
            }
            assert!(started.elapsed() < PATIENCE * 2, "on {kind:?}, {left} are remembered");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
