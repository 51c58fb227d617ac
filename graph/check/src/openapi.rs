//! Holds the OpenAPI document of a BFF to its code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use axum::Router;
use axum::body::Body;
use axum::http::header::ALLOW;
use axum::http::{StatusCode, request::Builder};
use serde_json::{Map, Value};
use tower::ServiceExt;

/// The methods of each path, its parameters in small letters.
pub type Methods = BTreeMap<String, BTreeSet<String>>;

/// Holds the document in `file` to be `made`, which the code made; writes it anew when `UPDATE_OPENAPI` is set.
///
/// # Errors
/// The first line that differs, and how to write the document anew.
pub fn committed(client: &str, file: &Path, made: &str) -> Result<(), String> {
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(file, made).map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    let committed = fs::read_to_string(file).unwrap_or_default();
    if committed == made {
        return Ok(());
    }
    let differs = committed.lines().zip(made.lines()).find(|(committed, made)| committed != made);
    Err(format!(
        "{client}/openapi.json is not the document of the code; the first line that differs is {differs:?}. \
         When the change is wanted, UPDATE_OPENAPI=1 cargo test -p {client} --test it openapi writes it anew."
    ))
}

/// The methods that a document describes.
///
/// # Errors
/// When it has no paths.
pub fn described(document: &Value) -> Result<Methods, String> {
    let paths = document["paths"].as_object().ok_or("the document has no paths")?;
    let methods =
        |item: &Value| item.as_object().into_iter().flat_map(Map::keys).map(|name| name.to_uppercase()).collect();
    Ok(paths.iter().map(|(path, item)| (path.to_lowercase(), methods(item))).collect())
}

/// The methods that a router answers at `paths`, but for HEAD and OPTIONS, which are everywhere; `ask` is a request
/// that gets past the checks before the router.
///
/// # Errors
/// The first path that the router does not have.
pub async fn routed(app: &Router, paths: &[&str], ask: impl Fn() -> Builder) -> Result<Methods, String> {
    let mut all = Methods::new();
    for path in paths {
        // A value for each parameter, and a method that no path has: the answer says which ones it has.
        let uri: String =
            path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
        let request = ask().method("PROPFIND").uri(&uri).body(Body::empty()).map_err(|error| error.to_string())?;
        let Ok(answer) = app.clone().oneshot(request).await;
        let allow = answer.headers().get(ALLOW).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if answer.status() != StatusCode::METHOD_NOT_ALLOWED || allow.is_empty() {
            return Err(format!("{path} answers PROPFIND with {} and Allow: {allow:?}", answer.status()));
        }
        let methods = allow.split(',').map(|name| name.trim().to_owned());
        let own = methods.filter(|name| !["HEAD", "OPTIONS"].contains(&name.as_str()));
        all.insert(path.to_lowercase(), own.collect());
    }
    Ok(all)
}

/// The fields of a type in the graph that `documents` select for clients to see, in small letters; entity tags are
/// made of the version.
pub fn selected(documents: &[crate::Checked], graph_type: &str) -> BTreeSet<String> {
    let all = documents.iter().flat_map(|document| &document.fields);
    let own = all
        .filter_map(|field| field.split_once('.'))
        .filter(|(name, field)| *name == graph_type && *field != "version");
    own.map(|(_, field)| field.to_lowercase()).collect()
}

/// The properties of a schema of a document, in small letters.
pub fn properties(document: &Value, schema: &str) -> BTreeSet<String> {
    let properties = document["components"]["schemas"][schema]["properties"].as_object();
    properties.into_iter().flat_map(Map::keys).map(|name| name.to_lowercase()).collect()
}
