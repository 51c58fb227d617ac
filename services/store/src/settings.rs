//! The settings of a service's database.

use std::path::Path;

use clap::{Arg, ArgMatches};
use graph_host::settings::{self, Mistakes};

use crate::DatabaseUrl;
use crate::server::Tls;

/// Where a service's data is, as the command line and the environment have it.
#[derive(Clone, Copy, Debug)]
struct RawDatabase<'a> {
    url: Option<&'a str>,
    /// A replica that takes reads.
    read_url: Option<&'a str>,
    /// `off` or `verify`, for both.
    tls: &'a str,
    /// A PEM file with the authorities to trust.
    tls_ca: Option<&'a Path>,
}

/// The settings of the database of the service called so: `PLANTS_DATABASE_URL` and others.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseSettings(pub &'static str);

impl DatabaseSettings {
    fn name(self, setting: &str) -> String {
        format!("{}_DATABASE_{setting}", self.0.to_uppercase())
    }

    /// All of them.
    pub fn args(self) -> [Arg; 4] {
        let setting = |name, about: String| settings::setting(&self.name(name), about);
        [
            setting("URL", format!("Database of the {}: mysql://user:password@host:port/db or sqlite://path", self.0))
                .hide_env_values(true),
            setting("READ_URL", "Replica of the database, of MariaDB, that takes reads as long as it has all that was written before".to_owned())
                .hide_env_values(true),
            setting("TLS", "Whether connections to MySQL are encrypted: off, or verify, which also holds the server to its certificate".to_owned())
                .default_value("off"),
            setting("TLS_CA", "PEM file of the authorities that vouch for MySQL; those that browsers trust when it is not given".to_owned()),
        ]
    }

    /// The database, or the one at `unless_set` when none is given; what is wrong is noted in `mistakes`, without the URL,
    /// which may hold a password.
    pub fn read(self, matches: &ArgMatches, unless_set: Option<&str>, mistakes: &mut Mistakes) -> Option<DatabaseUrl> {
        let value = |setting| settings::value(matches, &self.name(setting));
        let raw = RawDatabase {
            url: value("URL").or(unless_set),
            read_url: value("READ_URL"),
            tls: value("TLS").unwrap_or("off"),
            tls_ca: value("TLS_CA").map(Path::new),
        };
        self.check(raw, mistakes)
    }

    fn check(self, raw: RawDatabase<'_>, mistakes: &mut Mistakes) -> Option<DatabaseUrl> {
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
