//! Secrets in files: each setting whose value is hidden can be given by the path of a file that holds it, as
//! containers get theirs. `JWT_SECRET` has `JWT_SECRET_FILE` and `--jwt-secret-file`.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::mistakes::Mistakes;

/// The largest secret, in bytes.
const SECRET_MAX_BYTES: u64 = 64 * 1024;

/// A setting whose value is hidden.
pub(crate) struct Secret {
    id: String,
    variable: String,
    flag: String,
}

impl Secret {
    /// All of a command.
    pub(crate) fn all(command: &Command) -> Vec<Self> {
        let secrets = command.get_arguments().filter(|one| one.is_hide_env_values_set());
        let named = secrets.filter_map(|one| {
            let (variable, flag) = (one.get_env()?.to_str()?.to_owned(), one.get_long()?.to_owned());
            Some(Self { id: one.get_id().to_string(), variable, flag })
        });
        named.collect()
    }

    /// The setting of its file.
    pub(crate) fn file_setting(&self) -> Arg {
        Arg::new(self.file_id())
            .long(format!("{}-file", self.flag))
            .env(self.file_variable())
            .value_name("PATH")
            .help(format!("File that holds {}", self.variable))
            .value_parser(value_parser!(PathBuf))
            .global(true)
    }

    /// The flag that says what the file holds, when a file is set; what is wrong is noted in `mistakes`.
    pub(crate) fn read(&self, matches: &ArgMatches, mistakes: &mut Mistakes) -> Option<OsString> {
        let path = matches.get_one::<PathBuf>(&self.file_id())?;
        if matches.contains_id(&self.id) {
            mistakes.note(&self.file_variable(), format!("{} is set as well; only one of them can be", self.variable));
            return None;
        }
        let text = read(path).map_err(|error| {
            mistakes.note(&self.file_variable(), format!("{} cannot be read: {error}", path.display()));
        });
        Some(format!("--{}={}", self.flag, text.ok()?).into())
    }

    fn file_id(&self) -> String {
        format!("{}_file", self.id)
    }

    fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable)
    }
}

/// The text of a file without the end of its last line, which editors add.
fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(SECRET_MAX_BYTES).read_to_string(&mut text)?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}
