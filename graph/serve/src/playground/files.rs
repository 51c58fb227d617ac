//! The files of the page: its own, the examples of the service, and the libraries that `build.rs` fetched.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use graph_host::app::path_not_found;

include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

const SCRIPT: &str = include_str!("../../playground/page.js");
const STYLE: &str = include_str!("../../playground/page.css");

/// For a file whose name changes with its content.
const KEEP: &str = "public, max-age=31536000, immutable";
/// For a file that the next version of the service changes under the same name.
const ASK_AGAIN: &str = "no-cache";

/// Answers with a file of the page.
pub(crate) async fn file(State(examples): State<&'static str>, request: Request) -> Response {
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    match found(name, examples) {
        Some((content, caching)) => {
            let headers =
                [(CONTENT_TYPE, media_type(name)), (CACHE_CONTROL, caching), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, content).into_response()
        }
        None => path_not_found(request).await.into_response(),
    }
}

/// The content of a file, and how long a browser may keep it.
fn found(name: &str, examples: &'static str) -> Option<(&'static [u8], &'static str)> {
    let own = match name {
        "page.js" => Some(SCRIPT),
        "page.css" => Some(STYLE),
        "examples.graphql" => Some(examples),
        _ => None,
    };
    let library = || LIBRARIES.iter().find(|(served_as, _)| *served_as == name);
    own.map(|text| (text.as_bytes(), ASK_AGAIN)).or_else(|| library().map(|(_, content)| (*content, KEEP)))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
