//! Files inside the binary, for the pages that a part shows to browsers.

use std::io::Read;

use axum::http::HeaderMap;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

use crate::problem::Problem;

/// For a file whose name changes with its content.
const KEEP: &str = "public, max-age=31536000, immutable";
/// For a file that the next version of the part changes under the same name.
const ASK_AGAIN: &str = "no-cache";

/// A file of a page.
#[derive(Clone, Copy)]
pub enum File {
    /// One of ours, as it is written.
    Own(&'static str),
    /// One of others, in gzip, with its version in its name.
    Library(&'static [u8]),
}

impl File {
    /// The library that is served as `name`.
    pub fn library(name: &str, libraries: &[(&str, &'static [u8])]) -> Option<Self> {
        let found = libraries.iter().find(|(served_as, _)| *served_as == name);
        found.map(|(_, content)| Self::Library(content))
    }

    /// The answer to a request for the file under `name`, whose ending says what it is.
    pub fn answer(self, name: &str, request: &HeaderMap) -> Response {
        let headers = [(CONTENT_TYPE, media_type(name)), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
        let packed = match self {
            Self::Own(text) => return (headers, [(CACHE_CONTROL, ASK_AGAIN)], text).into_response(),
            Self::Library(packed) => packed,
        };
        let headers = (headers, [(CACHE_CONTROL, KEEP), (VARY, "accept-encoding")]);
        if reads_gzip(request) {
            return (headers, [(CONTENT_ENCODING, "gzip")], packed).into_response();
        }
        match unpacked(packed) {
            Ok(content) => (headers, content).into_response(),
            Err(error) => {
                tracing::error!(%error, name, "a file in the binary is broken");
                Problem::internal().into_response()
            }
        }
    }
}

/// Whether the client reads gzip (RFC 9110, section 12.5.3); one that does not say is taken not to.
fn reads_gzip(request: &HeaderMap) -> bool {
    let lines = request.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut codings = lines.flat_map(|line| line.split(',')).map(|coding| coding.split(';').map(str::trim));
    codings.any(|mut parts| {
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        named && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut content)?;
    Ok(content)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_read_it() {
        for (accepted, reads) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("deflate,gzip ; q=1", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000, br", false),
            ("gzip;q=much", false),
            ("identity", false),
            ("xgzip", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, accepted.parse().unwrap())]);
            assert_eq!(reads_gzip(&headers), reads, "{accepted}");
        }
        assert!(!reads_gzip(&HeaderMap::new()));
    }
}
