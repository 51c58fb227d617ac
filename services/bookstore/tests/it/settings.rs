//! Settings that are wrong, missing or taken.

use std::net::TcpListener;

use bookstore::parts::{CLIENTS, SERVICES};

use crate::kit::SECRET;
use crate::process::{LISTEN, command, refused};

#[test]
fn wrong_settings_are_named_all_at_once() {
    let wrong = [
        ("WEB_BFF_LISTEN", "80x80"),
        ("MOBILE_BFF_LISTEN", "nowhere"),
        ("BOOKS_LISTEN", "1.2.3.4"),
        ("CUSTOMERS_LISTEN", ":3002"),
        ("ACCOUNTS_LISTEN", "127.0.0.1"),
        ("REVIEWS_LISTEN", "3008"),
        ("GATEWAY_LISTEN", "localhost:99999"),
        ("BOOKS_DATABASE_URL", "postgres://me:hunter2@db/books"),
        ("CUSTOMERS_DATABASE_URL", "mysql://me:hunter2@db"),
        ("REVIEWS_DATABASE_URL", "hunter2"),
        ("ORDERS_MXN_RATE", "twenty"),
        ("PAYMENT_PROVIDER_URL", "ftp://me:hunter2@provider"),
        ("PAYMENT_PROVIDER_KEY", "hunter2 \u{e9}"),
        ("DELIVERY_AUTOBOOK", "yes"),
        ("DELIVERY_CAPACITY", "0"),
        ("BOOKS_URL", "ftp://books"),
        ("CUSTOMERS_URL", "books"),
        ("REVIEWS_URL", "https://reviews"),
        ("JWT_SECRET", "hunter2"),
        ("JWT_SUBJECTS", " , "),
        ("JWT_ISSUER", ""),
        ("JWT_JWKS", "https://me:hunter2@issuer/keys"),
        ("AMQP_URL", "http://me:hunter2@broker"),
        ("BOOKS_DATABASE_TLS", "on"),
        ("BOOKS_DATABASE_READ_URL", "mysql:hunter2"),
        ("CUSTOMERS_DATABASE_TLS_CA", "/nowhere/ca.pem"),
        ("METRICS_LISTEN", "9100"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
    ];
    let all =
        ["JWT_SUBJECTS", "JWT_ISSUER", "METRICS_LISTEN", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER_ARG"];
    for (name, theirs) in [
        ("web-bff", vec!["WEB_BFF_LISTEN", "BOOKS_URL", "CUSTOMERS_URL", "REVIEWS_URL"]),
        ("mobile-bff", vec!["MOBILE_BFF_LISTEN", "BOOKS_URL", "CUSTOMERS_URL", "REVIEWS_URL"]),
        ("book-service", vec!["BOOKS_LISTEN", "BOOKS_DATABASE_URL", "BOOKS_DATABASE_READ_URL", "BOOKS_DATABASE_TLS"]),
        ("customer-service", vec!["CUSTOMERS_LISTEN", "CUSTOMERS_DATABASE_URL", "CUSTOMERS_DATABASE_TLS_CA"]),
        ("review-service", vec!["REVIEWS_LISTEN", "REVIEWS_DATABASE_URL", "AMQP_URL"]),
        ("order-service", vec!["ORDERS_MXN_RATE", "AMQP_URL"]),
        ("payment-service", vec!["PAYMENT_PROVIDER_URL", "PAYMENT_PROVIDER_KEY"]),
        ("delivery-service", vec!["DELIVERY_AUTOBOOK", "DELIVERY_CAPACITY"]),
        (
            "bookstore",
            vec![
                "GATEWAY_LISTEN",
                "WEB_BFF_LISTEN",
                "MOBILE_BFF_LISTEN",
                "BOOKS_LISTEN",
                "CUSTOMERS_LISTEN",
                "REVIEWS_LISTEN",
                "BOOKS_DATABASE_URL",
                "CUSTOMERS_DATABASE_URL",
                "REVIEWS_DATABASE_URL",
                "ORDERS_MXN_RATE",
                "PAYMENT_PROVIDER_URL",
                "DELIVERY_AUTOBOOK",
                "AMQP_URL",
            ],
        ),
    ] {
        let (code, complaint) = refused(name, &wrong, &[]);
        assert_eq!(code, Some(64), "{name}: {complaint}");
        for setting in theirs.into_iter().chain(["JWT_JWKS"]).chain(all) {
            assert!(complaint.contains(setting), "{name} does not name {setting}: {complaint}");
        }
        assert!(!complaint.contains("hunter2"), "{name} gives a secret away: {complaint}");
        let (code, complaint) = refused(name, &[], &["--no-such-flag"]);
        assert_eq!(code, Some(64), "{name}: {complaint}");
    }
}

#[test]
fn missing_settings_are_named() {
    for (name, missing) in [
        ("web-bff", vec!["JWT_SECRET"]),
        ("mobile-bff", vec!["JWT_SECRET"]),
        ("book-service", vec!["JWT_SECRET", "BOOKS_DATABASE_URL"]),
        ("customer-service", vec!["JWT_SECRET", "CUSTOMERS_DATABASE_URL"]),
        ("review-service", vec!["JWT_SECRET", "REVIEWS_DATABASE_URL"]),
    ] {
        let (code, complaint) = refused(name, &[], &[]);
        assert_eq!(code, Some(64), "{name}: {complaint}");
        assert!(missing.iter().all(|setting| complaint.contains(setting)), "{name}: {complaint}");
    }
    let short = "x".repeat(31);
    let (code, complaint) = refused("web-bff", &[("JWT_SECRET", &short)], &[]);
    assert!(code == Some(64) && complaint.contains("JWT_SECRET") && complaint.contains("32 bytes"), "{complaint}");
}

#[test]
fn help_lists_every_setting_with_its_default() {
    let output = command("bookstore", &[("JWT_SECRET", SECRET)]).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "GATEWAY_LISTEN",
        "127.0.0.1:8080",
        "WEB_BFF_LISTEN",
        "127.0.0.1:8081",
        "MOBILE_BFF_LISTEN",
        "127.0.0.1:8082",
        "BOOKS_LISTEN",
        "127.0.0.1:3001",
        "CUSTOMERS_LISTEN",
        "127.0.0.1:3002",
        "REVIEWS_LISTEN",
        "127.0.0.1:3008",
        "BOOKS_DATABASE_URL",
        "CUSTOMERS_DATABASE_URL",
        "BOOKSTORE_DATA_DIR",
        "./data",
        "JWT_SECRET",
        "JWT_ISSUER",
        "cmu.edu",
        "JWT_SUBJECTS",
        "starlord,gamora,drax,rocket,groot",
        "METRICS_LISTEN",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_TRACES_SAMPLER_ARG",
        "token",
        "import",
    ] {
        assert!(help.contains(word), "--help does not say {word}");
    }
    assert!(!help.contains(SECRET));
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, complaint) = refused("web-bff", &[("WEB_BFF_LISTEN", &address), ("JWT_SECRET", SECRET)], &[]);
    assert!(code != Some(0) && complaint.contains(&address) && complaint.contains("WEB_BFF_LISTEN"), "{complaint}");
    let (code, complaint) = refused("web-bff", &[("METRICS_LISTEN", &address), ("JWT_SECRET", SECRET)], &[]);
    assert!(code != Some(0) && complaint.contains(&address) && complaint.contains("METRICS_LISTEN"), "{complaint}");
}

#[test]
fn all_taken_ports_of_a_bookstore_are_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [door, reviews] = taken.each_ref().map(|one| one.local_addr().unwrap().to_string());
    let mut settings = LISTEN.map(|name| (name, "127.0.0.1:0")).to_vec();
    (settings[0].1, settings[LISTEN.len() - 1].1) = (&door, &reviews);
    settings.push(("BOOKSTORE_DATA_DIR", folder.path().to_str().unwrap()));
    let (code, complaint) = refused("bookstore", &settings, &[]);
    assert_eq!(code, Some(1), "{complaint}");
    for word in [&door, &reviews, "GATEWAY_LISTEN", "REVIEWS_LISTEN"] {
        assert!(complaint.contains(word), "{word} is not named: {complaint}");
    }
}

#[test]
fn the_tests_know_the_address_of_every_part() {
    let clients = CLIENTS.iter().map(|client| client.listen_setting());
    let services = SERVICES.iter().map(|service| service.listen_setting());
    let all: Vec<String> = ["GATEWAY_LISTEN".to_owned()].into_iter().chain(clients).chain(services).collect();
    assert_eq!(all, LISTEN);
}

#[test]
fn a_secret_can_be_in_a_file() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).display().to_string()
    };
    let (secret, url) =
        (file("secret", SECRET), file("url", &format!("sqlite://{}/books.db\n", folder.path().display())));
    let token = |settings: &[(&str, &str)]| command("bookstore", settings).args(["token", "--ttl", "1h"]).output();
    assert!(token(&[("JWT_SECRET_FILE", &secret)]).unwrap().status.success());
    let migrated = command("book-service", &[("BOOKS_DATABASE_URL_FILE", &url)]).arg("migrate").output().unwrap();
    assert!(migrated.status.success() && folder.path().join("books.db").exists(), "{migrated:?}");

    let short = file("short", "hunter2\n");
    let (code, complaint) = refused("web-bff", &[("JWT_SECRET_FILE", &short)], &[]);
    assert!(code == Some(64) && complaint.contains("JWT_SECRET") && complaint.contains("it has 7"), "{complaint}");
    for (settings, word) in [
        (&[("JWT_SECRET_FILE", "/nowhere/secret")][..], "/nowhere/secret"),
        (&[("JWT_SECRET_FILE", &*secret), ("JWT_SECRET", SECRET)], "only one"),
    ] {
        let (code, complaint) = refused("web-bff", settings, &[]);
        assert!(code == Some(64) && complaint.contains("JWT_SECRET_FILE"), "{complaint}");
        assert!(complaint.contains(word) && !complaint.contains(SECRET), "{complaint}");
    }
}
