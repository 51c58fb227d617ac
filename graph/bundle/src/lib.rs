//! For build scripts: brings the scripts of others into a binary, because bundles have no place in this
//! repository.
//!
//! npm delivers them, and they are used only when their SHA-512 is the one that the build script gives. A build
//! without npm or without a network succeeds, but has no such page.

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A package on npm, and what is taken out of it.
pub struct Package {
    /// Its name on npm, without a scope.
    pub name: &'static str,
    /// Its exact version.
    pub version: &'static str,
    /// What `npm view <name>@<version> dist.integrity` prints.
    pub integrity: &'static str,
    /// The path of each file in the package, and the ending under which it is served.
    pub files: &'static [(&'static str, &'static str)],
}

/// Writes `libraries.rs` into `OUT_DIR`: `MISSING`, which says why `page` is left out of this build, and
/// `LIBRARIES`, the names under which files are served and their content in gzip.
///
/// # Errors
/// When a package is not the one with the given hash, or cannot be written down.
pub fn embed(page: &str, packages: &[Package]) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("Cargo sets OUT_DIR")?);
    let missing = fetch(packages, &out)?.map(|why| format!("{page} is left out of this build: {why}"));
    if let Some(sentence) = &missing {
        println!("cargo:warning={sentence}");
        // A file that is never there makes Cargo run this again with the next build.
        println!("cargo:rerun-if-changed={}", out.join("never").display());
    }
    fs::write(out.join("libraries.rs"), libraries(packages, missing.as_deref()))?;
    Ok(())
}

/// Puts the files into `out`; says why not when they cannot be had.
fn fetch(packages: &[Package], out: &Path) -> Result<Option<&'static str>, Box<dyn Error>> {
    let packed = match npm_pack(packages, out) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Some("npm was not found; install Node.js and npm, then build again"));
        }
        packed => packed?,
    };
    if !packed.status.success() {
        return Ok(Some("npm could not fetch it; check the connection to the npm registry, then build again"));
    }
    let listing = String::from_utf8(packed.stdout)?;
    for package in packages {
        package.check(&listing)?;
        package.unpack(out)?;
    }
    Ok(None)
}

/// Leaves the packages in `out` as they were published, and prints a listing with their hashes.
fn npm_pack(packages: &[Package], out: &Path) -> std::io::Result<Output> {
    Command::new("npm")
        .args(["pack", "--json", "--ignore-scripts", "--loglevel=error"])
        .args(["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
        .args(packages.iter().map(|package| format!("{}@{}", package.name, package.version)))
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
        let inside = self.files.iter().map(|(file, _)| format!("package/{file}"));
        let status = Command::new("tar").arg("-xzf").arg(archive).args(inside).current_dir(out).status()?;
        if !status.success() {
            return Err(format!("tar could not unpack {} {}", self.name, self.version).into());
        }
        for (file, ending) in self.files {
            let packed = fs::File::create(out.join(format!("{}.gz", self.served_as(ending))))?;
            let mut packed = GzEncoder::new(packed, Compression::best());
            packed.write_all(&fs::read(out.join("package").join(file))?)?;
            packed.finish()?;
        }
        Ok(())
    }

    /// The name with the version in it, so that browsers can keep the file for ever.
    fn served_as(&self, ending: &str) -> String {
        format!("{}-{}.{ending}", self.name, self.version)
    }
}

/// The Rust source that embeds what was fetched.
fn libraries(packages: &[Package], missing: Option<&str>) -> String {
    let all = packages.iter().filter(|_| missing.is_none());
    let names = all.flat_map(|package| package.files.iter().map(|(_, ending)| package.served_as(ending)));
    let entries: String = names.map(|name| format!("    ({name:?}, include_bytes!(\"{name}.gz\")),\n")).collect();
    format!(
        "/// Why the page is not in this build.\n\
         pub(crate) const MISSING: Option<&str> = {missing:?};\n\
         /// The files of others: the names under which they are served, and their content in gzip.\n\
         pub(crate) const LIBRARIES: &[(&str, &[u8])] = &[\n{entries}];\n"
    )
}
