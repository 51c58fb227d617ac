//! The settings of a service's database.

use std::path::{Path, PathBuf};

use graph_host::settings::Mistakes;

use crate::DatabaseUrl;
use crate::server::Tls;

/// Where a service's data is, as the command line and the environment have it.
#[derive(Clone, Copy, Debug)]
pub struct RawDatabase<'a> {
    /// The URL, when one is given.
    pub url: Option<&'a str>,
    /// The URL of a replica that takes reads, when one is given.
    pub read_url: Option<&'a str>,
    /// `off` or `verify`, for both.
    pub tls: &'a str,
    /// A PEM file with the authorities to trust.
    pub tls_ca: Option<&'a PathBuf>,
}

/// The names of the settings of a service's database: what they begin with, such as `BOOKS_DATABASE`.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseSettings(pub &'static str);

impl DatabaseSettings {
    fn name(self, setting: &str) -> String {
        format!("{}_{setting}", self.0)
    }

    /// The database; what is wrong is noted in `mistakes`, without the URL, which may hold a password.
    pub fn read(self, raw: RawDatabase<'_>, mistakes: &mut Mistakes) -> Option<DatabaseUrl> {
        let tls = self.read_tls(raw, mistakes);
        if raw.url.is_none() {
            let what = "is required, such as mysql://user:password@127.0.0.1:3306/database";
            mistakes.note(&self.name("URL"), what);
        }
        let mut parse = |setting, text: &str| {
            let parsed = text.parse().and_then(|url: DatabaseUrl| match &tls {
                Some(Some(tls)) => url.with_tls(tls),
                _ => Ok(url),
            });
            parsed.map_err(|error| mistakes.note(&self.name(setting), error)).ok()
        };
        let replica = raw.read_url.map(|text| parse("READ_URL", text));
        let (url, _) = (parse("URL", raw.url?)?, tls.as_ref()?);
        match replica {
            None => Some(url),
            Some(replica) => {
                url.with_replica(replica?).map_err(|error| mistakes.note(&self.name("READ_URL"), error)).ok()
            }
        }
    }

    /// Whom to trust, if connections shall be encrypted.
    fn read_tls(self, raw: RawDatabase<'_>, mistakes: &mut Mistakes) -> Option<Option<Tls>> {
        let mut of_file = |file: &Path| Tls::of(file).map_err(|error| mistakes.note(&self.name("TLS_CA"), error)).ok();
        match (raw.tls, raw.tls_ca) {
            ("off", None) => Some(None),
            ("off", Some(_)) => {
                mistakes.note(&self.name("TLS_CA"), format!("is of no use unless {} is verify", self.name("TLS")));
                None
            }
            ("verify", None) => Some(Some(Tls::public())),
            ("verify", Some(file)) => of_file(file).map(Some),
            (other, _) => {
                mistakes.note(&self.name("TLS"), format!("{other:?} is neither off nor verify"));
                None
            }
        }
    }
}
