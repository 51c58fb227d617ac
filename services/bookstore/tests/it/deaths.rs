//! The account service dies, is away, comes back and changes its keys: nobody who was answered loses an account, and nobody who
//! is signed in is refused.

use std::io::{BufRead, BufReader};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Database, Kind};

use crate::kit::{Answer, App, SECRET};
use crate::people::PASSWORD;
use crate::process::{PATIENCE, Process, command, free_address, wait_until_up};

/// The account service, the book service and the web BFF, each a process.
struct Parts {
    accounts: Process,
    /// What the book service says.
    log: Arc<Mutex<String>>,
    addresses: [String; 3],
    databases: [Database; 2],
    _others: [Process; 2],
}

impl Parts {
    async fn start(kind: Kind) -> Self {
        let databases = [(); 2].map(|()| Database::new(kind));
        let addresses @ [accounts, books, web] = &[(); 3].map(|()| free_address());
        let [accounts_url, books_url] = [accounts, books].map(|address| format!("http://{address}/graphql"));
        let account_service = Self::start_accounts(accounts, &databases[0]);
        let common = [("JWT_SECRET", SECRET), ("ACCOUNTS_URL", &*accounts_url)];
        let book_service =
            [&common[..], &[("BOOKS_DATABASE_URL", databases[1].url()), ("BOOKS_LISTEN", books)]].concat();
        let mut book_service = Process::start("book-service", &book_service);
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, told) = (BufReader::new(book_service.child.stderr.take().unwrap()).lines(), Arc::clone(&log));
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| told.lock().unwrap().push_str(&line)));
        let web_bff =
            [&common[..], &[("BOOKS_URL", &*books_url), ("WEB_BFF_LISTEN", web), ("RUST_LOG", "error")]].concat();
        let web_bff = Process::start("web-bff", &web_bff);
        for address in addresses {
            wait_until_up(address).await;
        }
        let addresses = addresses.clone();
        Self { accounts: account_service, log, addresses, databases, _others: [book_service, web_bff] }
    }

    fn start_accounts(address: &str, database: &Database) -> Process {
        let settings =
            [("ACCOUNTS_DATABASE_URL", database.url()), ("ACCOUNTS_LISTEN", address), ("JWT_SECRET", SECRET)];
        Process::start("account-service", &[&settings[..], &[("RUST_LOG", "error")]].concat())
    }

    fn kill_accounts(&mut self) {
        self.accounts.signal("-KILL");
        self.accounts.code();
    }

    async fn restart_accounts(&mut self) {
        self.accounts = Self::start_accounts(&self.addresses[0], &self.databases[0]);
        wait_until_up(&self.addresses[0]).await;
    }

    fn app(&self) -> App {
        App::new(format!("http://{}", self.addresses[2])).of_type("Web")
    }

    /// Posts until the account service can be had.
    async fn post(&self, path: &str, body: &Value) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.app().post(path, body).await;
            if !matches!(answer.status, 502..=504) {
                return answer;
            }
            assert!(started.elapsed() < PATIENCE, "{}", answer.text);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// An app of somebody new.
    async fn sign_up(&self, email: &str) -> App {
        let made = self.post("/signup", &account(email)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        self.app().with_token(made.json()["accessToken"].as_str().unwrap())
    }

    async fn waits_for(&self, words: &str) {
        let started = Instant::now();
        while !self.log.lock().unwrap().contains(words) {
            assert!(started.elapsed() < PATIENCE, "never said {words:?}: {}", self.log.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn account(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "name": "Rocket"})
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_no_account_that_was_acknowledged() {
    for kind in Kind::ALL {
        let mut parts = Parts::start(kind).await;
        let mut acknowledged = Vec::new();
        for round in 0..8_u64 {
            let signing_up = (0..3).map(|nth| {
                let (app, email) = (parts.app(), format!("{round}-{nth}@example.com"));
                tokio::spawn(async move {
                    let sent = app.request(reqwest::Method::POST, "/signup").header("content-type", "application/json");
                    let answer = sent.body(account(&email).to_string()).send().await.ok()?;
                    let is_there = answer.status() == 201;
                    let tokens: Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
                    is_there.then_some((email, tokens["refreshToken"].as_str()?.to_owned()))
                })
            });
            let signing_up: Vec<_> = signing_up.collect();
            // From before they arrive until after they were answered.
            tokio::time::sleep(Duration::from_millis(round * 100)).await;
            if round < 7 {
                parts.kill_accounts();
            }
            for one in signing_up {
                acknowledged.extend(one.await.unwrap());
            }
            if round == 7 {
                // These died with everything done.
                parts.kill_accounts();
            }
            parts.restart_accounts().await;
        }
        println!("on {kind:?}: {} of 24 were acknowledged", acknowledged.len());
        assert!(!acknowledged.is_empty(), "it died too early each time");
        for (email, refresh_token) in acknowledged {
            let signed_in = parts.post("/signin", &json!({"email": email, "password": PASSWORD})).await;
            assert_eq!(signed_in.status, 200, "{email}: {}", signed_in.text);
            let next = parts.post("/token", &json!({"refreshToken": refresh_token})).await;
            assert_eq!(next.status, 200, "{email}: {}", next.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_accounts_are_away_tokens_go_on_and_that_is_told() {
    let mut parts = Parts::start(Kind::Sqlite).await;
    let (here, gone) = (parts.sign_up("here@example.com").await, parts.sign_up("gone@example.com").await);
    for app in [&here, &gone] {
        assert_eq!(app.get("/books?limit=1").await.status, 200);
    }
    assert_eq!(gone.post("/signout", &json!({})).await.status, 204);
    let graph = |app: &App| app.at(&format!("http://{}", parts.addresses[1]));
    let asked = json!({"query": "{ books(first: 1) { nodes { isbn } } }"});
    let since = Instant::now();
    while graph(&gone).post("/graphql", &asked).await.status != 401 {
        assert!(since.elapsed() < Duration::from_secs(2), "the book service does not hear of it");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    parts.kill_accounts();
    parts.waits_for("tokens live until they run out, at most 15 minutes").await;
    let graph = |app: &App| app.at(&format!("http://{}", parts.addresses[1]));
    assert_eq!(
        (here.get("/books?limit=1").await.status, graph(&here).post("/graphql", &asked).await.status),
        (200, 200)
    );
    assert_eq!(graph(&gone).post("/graphql", &asked).await.status, 401, "what ended before stays so");
    parts.app().post("/signin", &account("here@example.com")).await.is_problem(400, &[]);
    let body = json!({"email": "here@example.com", "password": PASSWORD});
    let refused = parts.app().post("/signin", &body).await;
    refused.is_problem(503, &["not available"]);
    parts.restart_accounts().await;
    parts.waits_for("heard of again").await;
    assert_eq!(parts.post("/signin", &body).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_changed_without_a_refused_token() {
    for kind in Kind::ALL {
        let parts = Parts::start(kind).await;
        let first = parts.sign_up("first@example.com").await;
        assert_eq!(first.get("/books?limit=1").await.status, 200);
        let settings = [("ACCOUNTS_DATABASE_URL", parts.databases[0].url())];
        let output = command("account-service", &settings).args(["keys", "rotate"]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.contains("signs from"), "{said}");
        let kid = said.split_whitespace().nth(2).unwrap();
        // Two minutes pass at once, so that no part has heard of the key when its first token comes.
        let db = store::Db::open(&parts.databases[0].url().parse().unwrap()).unwrap();
        let passed = store::write!(&db, |connection| {
            use store::reexport::diesel_async::RunQueryDsl;
            let now = jsonwebtoken::get_current_timestamp();
            let sql = format!("UPDATE signing_keys SET signs_from = {now} WHERE signs_from > 0");
            store::reexport::diesel::sql_query(sql).execute(connection).await
        });
        assert_eq!(passed.await.unwrap(), 1);
        let started = Instant::now();
        let mut nth = 0;
        loop {
            nth += 1;
            let app = parts.sign_up(&format!("{nth}@example.com")).await;
            let (new, old) = (app.get("/books?limit=1").await.status, first.get("/books?limit=1").await.status);
            assert_eq!((new, old), (200, 200), "{nth}");
            if app.key() == kid {
                break;
            }
            assert!(started.elapsed() < PATIENCE, "the new key is not used");
        }
    }
}
