//! The files of the page: its own, the examples of the service, and the libraries that `build.rs` fetched.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use graph_host::app::path_not_found;
use graph_host::files::File;

include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

const SCRIPT: &str = include_str!("../../playground/page.js");
const STYLE: &str = include_str!("../../playground/page.css");

/// Answers with a file of the page.
pub(crate) async fn file(State(examples): State<&'static str>, request: Request) -> Response {
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    match found(name, examples) {
        Some(file) => file.answer(name, request.headers()),
        None => path_not_found(request).await.into_response(),
    }
}

fn found(name: &str, examples: &'static str) -> Option<File> {
    match name {
        "page.js" => Some(File::Own(SCRIPT)),
        "page.css" => Some(File::Own(STYLE)),
        "examples.graphql" => Some(File::Own(examples)),
        _ => File::library(name, LIBRARIES),
    }
}
