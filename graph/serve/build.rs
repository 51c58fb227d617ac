//! Fetches GraphiQL and React for the playground, because bundles of others have no place in this repository.
//!
//! npm delivers them, and they are used only when their SHA-512 is the one given here. A build without npm
//! or without a network succeeds, but has no playground.

use std::error::Error;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

/// A package on npm, and what is taken out of it.
struct Package {
    name: &'static str,
    version: &'static str,
    integrity: &'static str,
    files: &'static [&'static str],
}

/// 4.1 is the last line of GraphiQL that comes as one script; 18 is the last React that does.
const PACKAGES: &[Package] = &[
    Package {
        name: "react",
        version: "18.3.1",
        integrity: "sha512-wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==",
        files: &["umd/react.production.min.js"],
    },
    Package {
        name: "react-dom",
        version: "18.3.1",
        integrity: "sha512-5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==",
        files: &["umd/react-dom.production.min.js"],
    },
    Package {
        name: "graphiql",
        version: "4.1.2",
        integrity: "sha512-rNlzQIAzm6i2KBXmVQWBgLvt0TloxFVB2d18bukvdsvjEuFDHsKx5IVOomL1W1o5WW+tE54+ioHb2AEKzO2cUg==",
        files: &["graphiql.min.js", "graphiql.min.css"],
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("Cargo sets OUT_DIR")?);
    let missing = fetch(&out)?.map(|why| format!("the GraphiQL playground is left out of this build: {why}"));
    if let Some(sentence) = &missing {
        println!("cargo:warning={sentence}");
        // A file that is never there makes Cargo run this again with the next build.
        println!("cargo:rerun-if-changed={}", out.join("never").display());
    }
    fs::write(out.join("libraries.rs"), libraries(missing.as_deref()))?;
    Ok(())
}

/// Puts the files into `out`; says why not when they cannot be had.
fn fetch(out: &Path) -> Result<Option<&'static str>, Box<dyn Error>> {
    let packed = match npm_pack(out) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Some("npm was not found; install Node.js and npm, then build again"));
        }
        packed => packed?,
    };
    if !packed.status.success() {
        return Ok(Some("npm could not fetch it; check the connection to the npm registry, then build again"));
    }
    let listing = String::from_utf8(packed.stdout)?;
    for package in PACKAGES {
        package.check(&listing)?;
        package.unpack(out)?;
    }
    Ok(None)
}

/// Leaves the packages in `out` as they were published, and prints a listing with their hashes.
fn npm_pack(out: &Path) -> std::io::Result<Output> {
    Command::new("npm")
        .args(["pack", "--json", "--ignore-scripts", "--loglevel=error"])
        .args(["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
        .args(PACKAGES.iter().map(|package| format!("{}@{}", package.name, package.version)))
        .current_dir(out)
        .stderr(Stdio::inherit())
        .output()
}

impl Package {
    /// Fails for a package that is not the one that was read when its version was chosen.
    fn check(&self, listing: &str) -> Result<(), String> {
        let Self { name, version, integrity, .. } = self;
        match listing.contains(&format!("\"integrity\": \"{integrity}\"")) {
            true => Ok(()),
            false => Err(format!("npm delivered another {name} {version} than the one with {integrity}")),
        }
    }

    fn unpack(&self, out: &Path) -> Result<(), Box<dyn Error>> {
        let archive = format!("{}-{}.tgz", self.name, self.version);
        let inside = self.files.iter().map(|file| format!("package/{file}"));
        let status = Command::new("tar").arg("-xzf").arg(archive).args(inside).current_dir(out).status()?;
        if !status.success() {
            return Err(format!("tar could not unpack {} {}", self.name, self.version).into());
        }
        for file in self.files {
            fs::rename(out.join("package").join(file), out.join(self.served_as(file)))?;
        }
        Ok(())
    }

    /// The name with the version in it, so that browsers can keep the file for ever.
    fn served_as(&self, file: &str) -> String {
        let extension = Path::new(file).extension().unwrap_or_default().to_string_lossy();
        format!("{}-{}.{extension}", self.name, self.version)
    }
}

/// The Rust source that embeds what was fetched.
fn libraries(missing: Option<&str>) -> String {
    let all = PACKAGES.iter().filter(|_| missing.is_none());
    let names = all.flat_map(|package| package.files.iter().map(|file| package.served_as(file)));
    let entries: String = names.map(|name| format!("    ({name:?}, include_bytes!({name:?})),\n")).collect();
    format!(
        "/// Why there is no playground in this build.\n\
         pub(crate) const MISSING: Option<&str> = {missing:?};\n\
         /// The files of GraphiQL and React, by the names under which they are served.\n\
         pub(crate) const LIBRARIES: &[(&str, &[u8])] = &[\n{entries}];\n"
    )
}
