//! Who may import whom: `graph/` knows nothing of ours but itself, a BFF knows `graph/`, a service `graph/` and the libraries
//! that services share. Only this package knows them all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use graph_check::workspace::{clients, graphs};
use graph_host::settings::ISSUER;
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// The package that puts the whole bookstore together.
const WHOLE: &str = "bookstore";
/// What tests of any package may import, and nothing else may.
const FOR_TESTS: [&str; 2] = ["graph-check", "testkit"];
/// What one thing of a service is called, where the word means something else as well.
const COMMON: [&str; 2] = ["order", "account"];
/// The one file that may name a service, which all parts must know: whoever checks tokens has to know who issues them.
const NAMES_THE_ISSUER: &str = "host/src/settings.rs";

/// What a package is, by its place.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Graph,
    Client,
    Service,
    /// What services share.
    Library,
    Whole,
}

impl Part {
    /// The part that the package `name` in `folder` is.
    fn of(name: &str, folder: &str, services: &[String]) -> Self {
        match folder.split('/').next() {
            Some("graph") => Self::Graph,
            Some(folder) if folder.starts_with("bff-") => Self::Client,
            _ if name == WHOLE => Self::Whole,
            _ if services.iter().any(|service| service == name) => Self::Service,
            _ => Self::Library,
        }
    }

    fn may_import(self, other: Self) -> bool {
        match self {
            Self::Graph | Self::Client => other == Self::Graph,
            Self::Service | Self::Library => matches!(other, Self::Graph | Self::Library),
            Self::Whole => true,
        }
    }
}

fn services() -> Vec<String> {
    graphs().unwrap().into_iter().map(|(service, _)| service).collect()
}

/// The packages of the workspace, as cargo describes them.
fn packages() -> Vec<Value> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(ROOT).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// The name of a package, and its folder in the workspace.
fn place(package: &Value) -> (&str, String) {
    let root = fs::canonicalize(ROOT).unwrap();
    let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
    let folder = fs::canonicalize(folder).unwrap().strip_prefix(root).unwrap().to_string_lossy().into_owned();
    (package["name"].as_str().unwrap(), folder)
}

#[test]
fn every_package_imports_only_what_it_may_know() {
    let (packages, services) = (packages(), services());
    let parts: Vec<(&str, Part)> =
        packages.iter().map(place).map(|(name, folder)| (name, Part::of(name, &folder, &services))).collect();
    let part = |name: &Value| parts.iter().find(|(found, _)| name == *found).map(|(_, part)| *part);
    let mut seen = 0;
    for package in &packages {
        let (name, own) = (&package["name"], part(&package["name"]).unwrap());
        for dependency in package["dependencies"].as_array().unwrap() {
            let (other, is_for_tests) = (&dependency["name"], dependency["kind"] == "dev");
            let Some(theirs) = part(other) else { continue };
            seen += 1;
            match FOR_TESTS.iter().any(|name| other == name) {
                true => assert!(is_for_tests, "{name} imports {other}, which is for tests"),
                false => assert!(own.may_import(theirs), "{name}, {own:?}, imports {other}, {theirs:?}"),
            }
        }
    }
    let count = |part: Part| parts.iter().filter(|(_, one)| *one == part).count();
    assert_eq!((count(Part::Service), count(Part::Client)), (services.len(), clients().unwrap().len()));
    assert!(seen > 30 && count(Part::Whole) == 1, "{seen} imports, {parts:?}");
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_source_of_the_graph_library_names_a_service() {
    let mut read = 0;
    for package in fs::read_dir(Path::new(ROOT).join("graph")).unwrap().map(|entry| entry.unwrap().path()) {
        if !package.join("Cargo.toml").is_file() {
            continue;
        }
        for file in files(&package.join("src")) {
            let text =
                format!("{} {}", file.strip_prefix(&package).unwrap().display(), fs::read_to_string(&file).unwrap());
            let text = text.to_lowercase().replace(WHOLE, "");
            for service in services() {
                if service == ISSUER && file.ends_with(NAMES_THE_ISSUER) {
                    continue;
                }
                // One of them, as well as several: `book` is in `books`.
                let one = Some(service.trim_end_matches('s')).filter(|one| !COMMON.contains(one)).unwrap_or(&service);
                let line = text.lines().find(|line| line.contains(one));
                assert_eq!(line, None, "{} names the service {service}", file.display());
            }
            read += 1;
        }
    }
    assert!(read > 80, "only {read} files were read");
}
