//! GraphQL over HTTP to the letter: the audits of the npm package `graphql-http`, on both services.

use std::fs;
use std::path::Path;
use std::process::Command;

use testkit::Kind;

use crate::kit::Bookstore;

/// The packages that the audits need, and their versions.
const PACKAGES: [(&str, &str); 2] = [("graphql-http", "1.23.1"), ("graphql", "16.15.0")];
/// Where they are kept from one run to the next.
const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/audits");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/audit.mjs");

#[tokio::test(flavor = "multi_thread")]
async fn both_services_pass_all_audits() {
    install();
    let store = Bookstore::open(Kind::Sqlite).await;
    let services = [("book service", store.listen.books), ("customer service", store.listen.customers)];
    for (service, address) in services {
        let url = format!("http://{address}/graphql");
        let report = run(Command::new("node").args([SCRIPT, &url, &store.token(), FOLDER]));
        println!("{service}:\n{report}");
        assert!(report.lines().any(|line| line == "61 of 61 audits passed"), "the {service} failed:\n{report}");
    }
}

/// Lets npm bring the packages, unless they are there.
fn install() {
    if PACKAGES.iter().all(|(name, version)| is_there(name, version)) {
        return;
    }
    fs::create_dir_all(FOLDER).unwrap();
    let flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", FOLDER];
    let packages = PACKAGES.map(|(name, version)| format!("{name}@{version}"));
    let said = run(Command::new("npm").arg("install").args(flags).args(packages));
    let complete = PACKAGES.iter().all(|(name, version)| is_there(name, version));
    assert!(complete, "npm could not bring the audits; check the connection to the npm registry:\n{said}");
}

fn is_there(name: &str, version: &str) -> bool {
    let about = Path::new(FOLDER).join("node_modules").join(name).join("package.json");
    fs::read_to_string(about).is_ok_and(|about| about.contains(&format!("\"version\": \"{version}\"")))
}

/// What a program of Node.js says.
fn run(command: &mut Command) -> String {
    let output = command.current_dir(FOLDER).output().unwrap_or_else(|error| {
        let program = command.get_program().display();
        panic!("{program} does not start ({error}): install Node.js 18 or later and npm, with apt-get install npm")
    });
    [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat()
}
