//! A binary of the bookstore, started by a test and ended with it.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running process, ended with its test.
pub struct Process {
    pub child: Child,
}

impl Process {
    pub fn start(name: &str, settings: &[(&str, &str)]) -> Self {
        let child = command(name, settings).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Self { child }
    }

    /// Reads standard output or error up to a line that has `word`.
    pub fn wait_for(stream: Option<impl Read>, word: &str) -> String {
        let mut all = String::new();
        for line in BufReader::new(stream.unwrap()).lines() {
            all = format!("{all}{}\n", line.unwrap());
            if all.contains(word) {
                return all;
            }
        }
        panic!("never said {word:?}: {all}");
    }

    pub fn signal(&self, signal: &str) {
        assert!(Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().unwrap().success());
    }

    /// The exit code of a process that was asked to end.
    pub fn code(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The settings of the addresses of a whole bookstore: the front door's, those of the BFFs, and those of the services.
pub const LISTEN: [&str; 10] = [
    "GATEWAY_LISTEN",
    "WEB_BFF_LISTEN",
    "MOBILE_BFF_LISTEN",
    "BOOKS_LISTEN",
    "CUSTOMERS_LISTEN",
    "ACCOUNTS_LISTEN",
    "ORDERS_LISTEN",
    "PAYMENTS_LISTEN",
    "DELIVERY_LISTEN",
    "REVIEWS_LISTEN",
];

/// A binary, with these settings and no others.
pub fn command(name: &str, settings: &[(&str, &str)]) -> Command {
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_bookstore")).parent().unwrap().to_owned();
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing: cargo build --workspace makes it", path.display());
    let mut command = Command::new(path);
    command.env_clear().envs(settings.iter().copied());
    command
}

/// The exit code and the complaints of a process that cannot start.
pub fn refused(name: &str, settings: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(name, settings).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// An address that is free.
pub fn free_address() -> String {
    format!("127.0.0.1:{}", testkit::free_port())
}

/// Waits until something listens.
pub async fn wait_until_up(address: &str) {
    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(started.elapsed() < PATIENCE, "nothing listens on {address}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
