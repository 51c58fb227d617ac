//! Connections to a MySQL server, encrypted when a setting says so.

use std::path::Path;

use diesel_async::{AsyncConnection, AsyncMysqlConnection};
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};

use crate::error::StoreError;

/// A MySQL server, or what speaks its protocol, and how to connect to it.
#[derive(Clone, PartialEq)]
pub struct Server {
    pub(crate) url: String,
    /// What is used in place of the URL when the connection is encrypted.
    encrypted: Option<Opts>,
    /// The server that takes reads in its place.
    replica: Option<Box<Server>>,
}

/// Whom to trust when a connection is encrypted. The server's certificate must be for the URL's host.
#[derive(Clone, Debug)]
pub struct Tls(SslOpts);

impl Tls {
    /// Trusts the authorities that browsers trust.
    pub fn public() -> Self {
        Self(SslOpts::default())
    }

    /// Trusts the authorities in a PEM file and no others. The file is read now.
    ///
    /// # Errors
    /// A sentence, when the file cannot be read or holds no certificate.
    pub fn of(file: &Path) -> Result<Self, String> {
        let pem = std::fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(format!("{} holds no certificate in PEM", file.display()));
        }
        Ok(Self(SslOpts::default().with_disable_built_in_roots(true).with_root_certs(vec![pem.into()])))
    }
}

impl Server {
    pub(crate) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), encrypted: None, replica: None }
    }

    /// The same server, with encrypted connections only.
    ///
    /// # Errors
    /// A sentence, when the URL cannot be read.
    pub(crate) fn with_tls(self, tls: &Tls) -> Result<Self, &'static str> {
        let plain = Opts::from_url(&self.url).map_err(|_| "cannot be read as a URL of MySQL")?;
        let encrypted = OptsBuilder::from_opts(plain)
            .ssl_opts(tls.0.clone())
            // A socket file would be used in place of the network, and it is never encrypted.
            .prefer_socket(false)
            // As Diesel has it: it keeps statements by itself, and rows that stay the same count as changed.
            .stmt_cache_size(0)
            .client_found_rows(true);
        Ok(Self { encrypted: Some(encrypted.into()), ..self })
    }

    /// The same server, with a replica that takes reads.
    pub(crate) fn with_replica(self, replica: Self) -> Self {
        Self { replica: Some(Box::new(replica)), ..self }
    }

    pub(crate) fn replica(&self) -> Option<&Self> {
        self.replica.as_deref()
    }

    /// A new connection.
    ///
    /// # Errors
    /// [`StoreError::NoConnection`], among other things because the server is not the one that is trusted.
    pub(crate) async fn connect(&self) -> Result<AsyncMysqlConnection, StoreError> {
        let connection = match &self.encrypted {
            None => AsyncMysqlConnection::establish(&self.url).await,
            Some(encrypted) => {
                let connection = Conn::new(encrypted.clone()).await;
                AsyncMysqlConnection::try_from(connection.map_err(|error| StoreError::NoConnection(error.into()))?)
                    .await
            }
        };
        connection.map_err(|error| StoreError::NoConnection(error.into()))
    }
}
