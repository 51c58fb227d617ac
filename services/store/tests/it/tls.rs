//! Encrypted connections to a server with a certificate of its own.

use std::path::Path;
use std::process::Command;

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use store::{DatabaseUrl, Db, Migrations, StoreError, Tls, migrate, read};
use tempfile::TempDir;
use testkit::MariaDb;

const BOOKS: Migrations = store::migrations!("books", "../../migrations/books/mysql", "../../migrations/books/sqlite");

/// Two authorities, and a certificate for 127.0.0.1 that the first one gave.
const CERTIFICATES: &str = "set -e
    for ca in ca other; do
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$ca -keyout $ca.key -out $ca.pem
    done
    openssl req -newkey rsa:2048 -nodes -subj /CN=db -keyout db.key -out db.csr
    echo 'subjectAltName = IP:127.0.0.1' > names
    openssl x509 -req -in db.csr -CA ca.pem -CAkey ca.key -days 2 -extfile names -out db.pem";

fn certificates() -> TempDir {
    let folder = TempDir::new().unwrap();
    let output = Command::new("sh").args(["-c", CERTIFICATES]).current_dir(folder.path()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl is needed (apt-get install openssl): {complaint}");
    folder
}

fn server(certificates: &Path) -> MariaDb {
    let option = |name: &str, file: &str| format!("--ssl-{name}={}", certificates.join(file).display());
    let server = MariaDb::start_with(&[&option("cert", "db.pem"), &option("key", "db.key")]);
    server.run("CREATE DATABASE books");
    server
}

async fn cipher(url: &DatabaseUrl) -> Result<String, StoreError> {
    #[derive(diesel::QueryableByName)]
    struct Status {
        #[diesel(sql_type = Text)]
        cipher: String,
    }
    let ask =
        "SELECT VARIABLE_VALUE AS cipher FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'";
    let db = Db::open(url)?;
    let status = read!(&db, |connection| diesel::sql_query(ask).get_result::<Status>(connection).await);
    status.await.map(|status| status.cipher)
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_encrypted_to_the_right_server_only() {
    let certificates = certificates();
    let file = |name: &str| Tls::of(&certificates.path().join(name));
    let server = server(certificates.path());
    let plain: DatabaseUrl = server.url("books").parse().unwrap();
    let right = plain.clone().with_tls(&file("ca.pem").unwrap()).unwrap();

    assert!(!migrate(&right, BOOKS).await.unwrap().is_empty(), "migrations go through it as well");
    assert_eq!(cipher(&plain).await.unwrap(), "");
    assert!(cipher(&right).await.unwrap().starts_with("TLS_"));

    let elsewhere: DatabaseUrl = server.url("books").replace("127.0.0.1", "localhost").parse().unwrap();
    assert_eq!(cipher(&elsewhere).await.unwrap(), "");
    for (what, url, tls) in [
        ("another authority", &plain, file("other.pem").unwrap()),
        ("public authorities", &plain, Tls::public()),
        ("another host", &elsewhere, file("ca.pem").unwrap()),
    ] {
        let url = url.clone().with_tls(&tls).unwrap();
        let error = migrate(&url, BOOKS).await.unwrap_err();
        assert!(matches!(error, StoreError::NoConnection(_)), "{what}: {error:?}");
        assert!(cipher(&url).await.is_err(), "{what}");
    }
    assert!(file("db.key").unwrap_err().contains("no certificate"));
    assert!(file("missing.pem").unwrap_err().contains("cannot be read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_encryption_is_refused() {
    let server = MariaDb::start_with(&["--skip-ssl"]);
    server.run("CREATE DATABASE books");
    let url: DatabaseUrl = server.url("books").parse().unwrap();
    assert!(cipher(&url).await.is_ok());
    assert!(cipher(&url.with_tls(&Tls::public()).unwrap()).await.is_err());
    let file: DatabaseUrl = "sqlite://books.db".parse().unwrap();
    assert!(file.with_tls(&Tls::public()).is_err());
}
