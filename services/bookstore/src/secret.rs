//! The secret of an installation that was not given one.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// The name of the secret's file in the data folder; only its owner can read it.
const FILE: &str = "jwt-secret";
/// How many random bytes a secret is made of.
const BYTES: usize = 32;

/// The secret in `folder`, which is made when it is missing.
///
/// The file appears whole or not at all, and of two processes that make it at once both use the same.
pub(crate) fn load_or_make(folder: &Path) -> io::Result<String> {
    let path = folder.join(FILE);
    match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found.map(|text| text.trim().to_owned()),
    }
    std::fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(new_secret()?.as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(&path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => return Err(error.error),
        _ => {}
    }
    std::fs::read_to_string(&path).map(|text| text.trim().to_owned())
}

fn new_secret() -> io::Result<String> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let mut text = String::with_capacity(2 * BYTES);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}
