//! Where public keys come from: a file, or an HTTP server.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use axum::http::Uri;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// The longest set of keys that is read, in bytes.
pub(super) const SET_MAX_BYTES: usize = 64 * 1024;
/// How long a server may take to give all of it.
const FETCH_WITHIN: Duration = Duration::from_secs(5);

/// A place that holds a JWK Set: a file, or an `http://` or `https://` URL. Certificates must be of a public authority.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file, read again when it changes.
    File(PathBuf),
    /// A URL, fetched again from time to time.
    Url(Uri),
}

/// What tells one state of a file from another, without reading it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stamp(SystemTime, u64);

impl std::str::FromStr for Source {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.contains("://") {
            return if text.is_empty() { Err("is empty") } else { Ok(Self::File(text.into())) };
        }
        let wrong = "is neither a file nor a URL such as https://example.org/jwks.json";
        let url: Uri = text.parse().map_err(|_| wrong)?;
        if !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none_or(str::is_empty) {
            return Err(wrong);
        }
        match url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            true => Err("has a user name or password, which are not sent: take them out"),
            false => Ok(Self::Url(url)),
        }
    }
}

/// Shows the place without a URL's query, which may hold a secret.
impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => {
                let host = url.authority().map_or("", |authority| authority.as_str());
                write!(f, "{}://{host}{}", url.scheme_str().unwrap_or_default(), url.path())
            }
        }
    }
}

/// The text of a file, unless its stamp is still `known`.
pub(super) fn read(path: &Path, known: Option<Stamp>) -> Result<Option<(Bytes, Stamp)>, String> {
    let say = |error: std::io::Error| format!("the file cannot be read: {error}");
    let about = std::fs::metadata(path).map_err(say)?;
    let stamp = Stamp(about.modified().map_err(say)?, about.len());
    if known == Some(stamp) {
        return Ok(None);
    }
    if !about.is_file() || about.len() > SET_MAX_BYTES as u64 {
        return Err(format!("it is no file of up to {SET_MAX_BYTES} bytes"));
    }
    Ok(Some((std::fs::read(path).map_err(say)?.into(), stamp)))
}

/// What fetches keys by HTTP.
pub(super) type Http = Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

/// A client that keeps so many connections between its requests.
pub(super) fn http(idle: usize) -> Http {
    let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(idle).build(connector)
}

/// The text at a URL, of at most so many bytes.
pub(super) async fn fetch(http: &Http, url: Uri, most: usize) -> Result<Bytes, String> {
    let fetched = tokio::time::timeout(FETCH_WITHIN, async {
        let response = http.get(url).await.map_err(|error| format!("it cannot be fetched: {error}"))?;
        if response.status() != 200 {
            return Err(format!("the server answered {}", response.status()));
        }
        let body = Limited::new(response.into_body(), most).collect().await;
        body.map(http_body_util::Collected::to_bytes).map_err(|error| format!("it cannot be read: {error}"))
    });
    fetched.await.unwrap_or_else(|_| Err(format!("the server did not give it within {FETCH_WITHIN:?}")))
}
