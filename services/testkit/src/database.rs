//! A database for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::mariadb::MariaDb;

/// The kinds of database that the bookstore runs on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A SQLite file in a temporary folder.
    Sqlite,
    /// A database of the test run's private MariaDB.
    MariaDb,
}

impl Kind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::MariaDb];
}

/// An empty database, removed when this is dropped.
pub struct Database {
    url: String,
    name: String,
    folder: Option<TempDir>,
}

impl Database {
    /// An empty database of this kind.
    pub fn new(kind: Kind) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        match kind {
            Kind::Sqlite => {
                let folder = TempDir::new().expect("a temporary folder");
                let url = format!("sqlite://{}/{name}.db", folder.path().display());
                Self { url, name, folder: Some(folder) }
            }
            Kind::MariaDb => {
                let server = MariaDb::shared();
                server.run(&format!("CREATE DATABASE {name}"));
                Self { url: server.url(&name), name, folder: None }
            }
        }
    }

    /// Its URL, as a service takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name on the server, or that of its file.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.folder.is_none() && !std::thread::panicking() {
            MariaDb::shared().run(&format!("DROP DATABASE {}", self.name));
        }
    }
}
