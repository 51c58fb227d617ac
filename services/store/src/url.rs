//! Where a service's data is.

use std::path::PathBuf;
use std::str::FromStr;

use crate::server::{Server, Tls};

/// The URL of a database, of a kind that the queries are written for.
#[derive(Clone, PartialEq)]
pub enum DatabaseUrl {
    /// `mysql://user:password@host:port/db`: MySQL 8, MariaDB 10.11, Aurora and what speaks their protocol.
    MySql(Server),
    /// `sqlite://path`: a file, which is made when it is missing.
    Sqlite(PathBuf),
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return match path {
                "" | ":memory:" => Err("names no file, such as sqlite://data/books.db"),
                path => Ok(Self::Sqlite(PathBuf::from(path))),
            };
        }
        let Some(rest) = text.strip_prefix("mysql://") else {
            return Err("is neither mysql://user:password@host:port/db nor sqlite://path");
        };
        let database = rest.split_once('/').map_or("", |(_, path)| path.split('?').next().unwrap_or_default());
        match database {
            "" => Err("names no database, such as mysql://user:password@host:3306/books"),
            _ => Ok(Self::MySql(Server::new(text))),
        }
    }
}

impl DatabaseUrl {
    /// The same database, reached by encrypted connections only.
    ///
    /// # Errors
    /// A sentence, when it is a file, or the URL cannot be read.
    pub fn with_tls(self, tls: &Tls) -> Result<Self, &'static str> {
        match self {
            Self::MySql(server) => server.with_tls(tls).map(Self::MySql),
            Self::Sqlite(_) => Err("is a file, to which there is no encrypted connection: set TLS to off"),
        }
    }

    /// The same database, of which reads go to a replica as long as that has all that was written before.
    ///
    /// # Errors
    /// A sentence, when one of the two is a file.
    pub fn with_replica(self, replica: Self) -> Result<Self, &'static str> {
        match (self, replica) {
            (Self::MySql(primary), Self::MySql(replica)) => Ok(Self::MySql(primary.with_replica(replica))),
            _ => Err("is for mysql:// databases: a file has no replica"),
        }
    }
}

/// Shows where the data is without the user's name and password.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MySql(server) => {
                let place = server.url.rsplit_once('@').map_or("…", |(_, place)| place);
                write!(f, "mysql://{place}")
            }
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database() {
        assert_eq!("sqlite://a/b.db".parse(), Ok(DatabaseUrl::Sqlite("a/b.db".into())));
        assert_eq!("sqlite:///b.db".parse(), Ok(DatabaseUrl::Sqlite("/b.db".into())));
        assert!(matches!("mysql://u:p@h:1/books".parse(), Ok(DatabaseUrl::MySql(_))));
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for text in [
            "",
            "books",
            "postgres://h/db",
            "sqlite://",
            "sqlite://:memory:",
            "mysql://h",
            "mysql://h:1/",
            "mysql://h/?a=b",
        ] {
            assert!(text.parse::<DatabaseUrl>().is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        let url: DatabaseUrl = "mysql://groot:s3cr@t@db:3306/books".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "mysql://db:3306/books mysql://db:3306/books");
    }
}
