//! The real binaries, as an operator runs them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use testkit::{Database, Kind};

use crate::kit::{App, SECRET, book, customer, tokens};
use crate::process::{LISTEN, PATIENCE, Process, command, free_address, refused, wait_until_up};

fn app(address: &str, client_type: &str) -> App {
    let token = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
    App::new(format!("http://{address}")).of_type(client_type).with_token(&token)
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_over_mariadb() {
    four_processes(&[("JWT_SECRET", SECRET)]).await;
}

/// The settings of `deploy/production.env`, with manifests as the BFFs print them into `folder`.
fn production(folder: &TempDir) -> Vec<(&'static str, String)> {
    let lines = include_str!("../../../../deploy/production.env").lines().filter(|line| !line.starts_with('#'));
    let settings = lines.map(|line| line.split_once('=').unwrap());
    let in_folder = |manifest: &str| {
        let (bff, path) = (manifest.trim_end_matches(".json"), folder.path().join(manifest));
        std::fs::write(&path, command(bff, &[]).arg("documents").output().unwrap().stdout).unwrap();
        path.display().to_string()
    };
    let settings = settings.map(|(name, value)| match name {
        "GRAPH_MANIFESTS" => (name, value.split(',').map(in_folder).collect::<Vec<_>>().join(",")),
        _ => (name, value.to_owned()),
    });
    settings.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_with_the_settings_of_production() {
    let folder = TempDir::new().unwrap();
    let production = production(&folder);
    let production: Vec<(&str, &str)> = production.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let books = four_processes(&[&production[..], &[("JWT_SECRET", SECRET)]].concat()).await;
    let refused = app(&books.address, "Web").post("/graphql", &json!({"query": "{ __typename }"})).await;
    assert_eq!(refused.json()["errors"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED");
}

/// A service that goes on when the others have ended.
struct BookService {
    address: String,
    _process: Process,
    _database: Database,
}

/// Starts each part as a process with the settings `common`, and uses them all.
async fn four_processes(common: &[(&str, &str)]) -> BookService {
    let (books_db, customers_db) = (Database::new(Kind::MariaDb), Database::new(Kind::MariaDb));
    let [web, mobile, books, customers] = [(); 4].map(|()| free_address());
    let (books_url, customers_url) = (format!("http://{books}/graphql"), format!("http://{customers}/graphql"));
    let upstreams = [("BOOKS_URL", &*books_url), ("CUSTOMERS_URL", &*customers_url)];
    let start = |name, settings: &[(&str, &str)]| Process::start(name, &[common, settings].concat());
    let bff = |name, setting, address| start(name, &[&upstreams[..], &[(setting, address)]].concat());
    let _web = bff("web-bff", "WEB_BFF_LISTEN", &*web);
    let _mobile = bff("mobile-bff", "MOBILE_BFF_LISTEN", &*mobile);
    wait_until_up(&web).await;
    wait_until_up(&mobile).await;
    app(&web, "Web").get("/status").await.is(200, &json!({"status": "OK"}));
    app(&web, "Web").get("/books").await.is_problem(503, &[]);

    let url = ("BOOKS_DATABASE_URL", books_db.url());
    let process = start("book-service", &[url, ("BOOKS_LISTEN", &books)]);
    let url = ("CUSTOMERS_DATABASE_URL", customers_db.url());
    let _customers = start("customer-service", &[url, ("CUSTOMERS_LISTEN", &customers)]);
    wait_until_up(&books).await;
    wait_until_up(&customers).await;
    app(&web, "Web").post("/books", &book("1")).await.is(201, &book("1"));
    assert_eq!(app(&mobile, "iOS").get("/books/1").await.json()["genre"], "3");
    assert_eq!(app(&mobile, "Android").post("/customers", &customer("a@example.com")).await.status, 201);
    assert_eq!(app(&web, "Web").get("/customers?userId=a@example.com").await.json()["zipcode"], "15213");
    BookService { address: books, _process: process, _database: books_db }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_start_at_once_on_one_empty_database() {
    let database = Database::new(Kind::MariaDb);
    let addresses = [(); 2].map(|()| free_address());
    let start = |address: &String| {
        let settings = [("BOOKS_DATABASE_URL", database.url()), ("BOOKS_LISTEN", address), ("JWT_SECRET", SECRET)];
        Process::start("book-service", &settings)
    };
    let mut services: Vec<Process> = addresses.iter().map(start).collect();
    for (service, address) in services.iter_mut().zip(&addresses) {
        wait_until_up(address).await;
        assert_eq!(App::new(format!("http://{address}")).get("/status").await.status, 200);
        service.signal("-TERM");
        assert_eq!(service.code(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_waits_for_its_database_and_says_so() {
    let server = testkit::MariaDb::shared();
    let (url, address) = (server.url("late_books"), free_address());
    let settings = [("BOOKS_DATABASE_URL", &*url), ("BOOKS_LISTEN", &*address), ("JWT_SECRET", SECRET)];
    let mut service = Process::start("book-service", &settings);
    let said = Process::wait_for(service.child.stderr.take(), "waiting for the database");
    assert!(!said.contains("w%2Frd") && !said.contains("w/rd"), "the log has the password: {said}");
    server.run("CREATE DATABASE late_books");
    wait_until_up(&address).await;
}

#[test]
fn migrations_can_be_applied_alone() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/books.db", folder.path().display());
    for expected in ["applied", "up to date"] {
        let output = command("book-service", &[("BOOKS_DATABASE_URL", &*url)]).arg("migrate").output().unwrap();
        assert!(output.status.success());
        assert!(String::from_utf8(output.stdout).unwrap().contains(expected));
    }
}

/// The settings of a whole bookstore in a folder, on free ports; the first is the front door's.
fn settings(folder: &TempDir) -> Vec<(&'static str, String)> {
    let mut settings: Vec<_> = LISTEN.into_iter().map(|name| (name, free_address())).collect();
    settings.push(("BOOKSTORE_DATA_DIR", folder.path().display().to_string()));
    settings.push(("JWT_SECRET", SECRET.to_owned()));
    settings
}

fn start_bookstore(settings: &[(&'static str, String)]) -> (Process, String) {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut process = Process::start("bookstore", &settings);
    let said = Process::wait_for(process.child.stdout.take(), "Ctrl-C stops it.");
    (process, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_requests_end_and_a_second_start_finds_the_data() {
    let folder = TempDir::new().unwrap();
    let settings = settings(&folder);
    let front_door = settings[0].1.clone();
    for (signal, isbn) in [("-TERM", "111"), ("-INT", "222")] {
        let (mut process, _) = start_bookstore(&settings);
        let body = book(isbn).to_string();
        let token = tokens().mint("gamora", Duration::from_secs(60)).unwrap();
        let head = format!(
            "POST /books HTTP/1.1\r\nHost: x\r\nX-Client-Type: Web\r\nAuthorization: Bearer {token}\r\n\
            Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let mut slow = TcpStream::connect(&front_door).unwrap();
        slow.write_all(head.as_bytes()).unwrap();
        slow.write_all(&body.as_bytes()[..10]).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        process.signal(signal);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(TcpStream::connect(&front_door).is_err(), "it still takes connections");
        slow.write_all(&body.as_bytes()[10..]).unwrap();
        let mut answer = String::new();
        slow.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert_eq!(process.code(), Some(0));
    }
    let (_process, _) = start_bookstore(&settings);
    for isbn in ["111", "222"] {
        app(&front_door, "Web").get(&format!("/books/{isbn}")).await.is(200, &book(isbn));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_commands_answer_as_they_say() {
    let folder = TempDir::new().unwrap();
    let (_process, said) = start_bookstore(&settings(&folder));
    let commands: Vec<&str> = said.lines().filter(|line| line.starts_with("curl ")).collect();
    assert!(commands.len() >= 6, "{said}");
    let run = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let answers: Vec<String> = commands.iter().map(|command| run(&command.replace("curl ", "curl -s "))).collect();
    for (answer, word) in answers.iter().zip([
        r#"{"status":"OK"}"#,
        r#""genre":"non-fiction""#,
        r#""genre":"3""#,
        "zipcode",
        "phone",
        "201 Created",
        "refreshToken",
        "202 Accepted",
        "orderId",
        "title",
    ]) {
        assert!(answer.contains(word), "{word}: {answer}");
    }
    assert!(!answers[4].contains("zipcode"), "{}", answers[4]);
    let again = run(&commands[5].replace("curl ", "curl -s "));
    assert!(again.contains("422") && again.contains("This ISBN already exists in the system."), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_part_says_whether_it_is_well() {
    let folder = TempDir::new().unwrap();
    let settings = settings(&folder);
    let address_of = |name: &str| settings.iter().find(|(setting, _)| *setting == name).unwrap().1.clone();
    let health = |part: &str, setting: &str| {
        command(part, &[(setting, &address_of(setting))]).arg("health").output().unwrap().status.code()
    };
    let parts = [
        ("bookstore", "GATEWAY_LISTEN"),
        ("web-bff", "WEB_BFF_LISTEN"),
        ("mobile-bff", "MOBILE_BFF_LISTEN"),
        ("book-service", "BOOKS_LISTEN"),
        ("customer-service", "CUSTOMERS_LISTEN"),
        ("account-service", "ACCOUNTS_LISTEN"),
        ("order-service", "ORDERS_LISTEN"),
        ("payment-service", "PAYMENTS_LISTEN"),
        ("delivery-service", "DELIVERY_LISTEN"),
        ("review-service", "REVIEWS_LISTEN"),
    ];
    for (part, setting) in parts {
        assert_eq!(health(part, setting), Some(1), "{part}");
    }
    let (_process, _) = start_bookstore(&settings);
    for (part, setting) in parts {
        assert_eq!(health(part, setting), Some(0), "{part}");
    }
    let (code, complaint) = refused("book-service", &[("BOOKS_LISTEN", "3001")], &["health"]);
    assert!(code == Some(64) && complaint.contains("BOOKS_LISTEN"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_printed_is_let_in() {
    let folder = TempDir::new().unwrap();
    let settings: Vec<_> = settings(&folder).into_iter().filter(|(name, _)| *name != "JWT_SECRET").collect();
    let (_process, _) = start_bookstore(&settings);
    let data = ("BOOKSTORE_DATA_DIR", folder.path().to_str().unwrap());
    let output = command("bookstore", &[data]).args(["token", "--sub", "gamora", "--ttl", "1h"]).output().unwrap();
    let token = String::from_utf8(output.stdout).unwrap();
    let books =
        App::new(format!("http://{}", settings[0].1)).of_type("iOS").with_token(token.trim()).get("/books").await;
    assert!(books.json().as_array().unwrap().len() >= 100, "the sample catalogue");
    for (arguments, word) in [(["--sub", "thanos"], "thanos"), (["--ttl", "soon"], "soon"), (["--ttl", "0s"], "0s")] {
        let (code, complaint) = refused("bookstore", &[data], &["token", arguments[0], arguments[1]]);
        assert!(code == Some(64) && complaint.contains(word), "{complaint}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_import_acknowledged_survives_kill_9() {
    let folder = TempDir::new().unwrap();
    let settings = settings(&folder);
    let (front_door, data) = (settings[0].1.clone(), ("BOOKSTORE_DATA_DIR", folder.path().to_str().unwrap()));
    let (process, _) = start_bookstore(&settings);
    app(&front_door, "Web").post("/books", &book("000")).await.is(201, &book("000"));
    let mut import = command("bookstore", &[data]);
    let mut import = import.args(["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut input = import.stdin.take().unwrap();
    for n in 0..2_000 {
        writeln!(input, "{}", book(&format!("{}", 5_000_000 + n))).unwrap();
    }
    let present = async || app(&front_door, "Web").get("/books").await.json().as_array().unwrap().len();
    let started = Instant::now();
    while present().await < 131 + 500 {
        assert!(started.elapsed() < PATIENCE, "no batch arrived");
    }
    import.kill().unwrap();
    process.signal("-KILL");
    import.wait().unwrap();
    drop(process);

    let (_process, _) = start_bookstore(&settings);
    app(&front_door, "Web").get("/books/000").await.is(200, &book("000"));
    let whole_batches = present().await - 131;
    assert!(whole_batches >= 500 && whole_batches % 500 == 0, "{whole_batches} books of a batch that was never whole");
}
