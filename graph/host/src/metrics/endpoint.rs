//! The port of its own where the metrics are read.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::{family, process};
use crate::serving::{CannotListen, listen, serve};
use crate::settings::{Mistakes, listen_address};

/// The setting of the port.
const METRICS_LISTEN: &str = "METRICS_LISTEN";

const OPEN_METRICS: [(HeaderName, HeaderValue); 1] =
    [(CONTENT_TYPE, HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8"))];

/// The setting of metrics, the same for every process.
#[derive(clap::Args, Clone, Debug)]
pub struct MetricsArgs {
    /// Address where Prometheus reads /metrics, without a token, such as 127.0.0.1:9100; none unless set
    #[arg(long, env = "METRICS_LISTEN", global = true)]
    pub metrics_listen: Option<String>,
}

/// Where the metrics are to be read, if anywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct MetricsPort(Option<SocketAddr>);

impl MetricsArgs {
    /// The port; what is wrong is noted in `mistakes`.
    pub fn read(&self, mistakes: &mut Mistakes) -> Option<MetricsPort> {
        match self.metrics_listen.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => {
                mistakes.check(METRICS_LISTEN, text, listen_address).map(|address| MetricsPort(Some(address)))
            }
            None => Some(MetricsPort(None)),
        }
    }
}

impl MetricsPort {
    /// Opens the port, when there is to be one, until the handle is dropped: after the last request was answered.
    ///
    /// # Errors
    /// [`CannotListen`], when the port cannot be had.
    pub fn open(self) -> Result<Option<AbortOnDropHandle<()>>, CannotListen> {
        let Self(Some(address)) = self else { return Ok(None) };
        let listener = listen(METRICS_LISTEN, address)?;
        process::begin();
        Ok(Some(AbortOnDropHandle::new(tokio::spawn(serve(listener, routes(), CancellationToken::new())))))
    }
}

/// `GET /metrics`, and nothing else.
fn routes() -> Router {
    let nothing = || async { StatusCode::NOT_FOUND };
    Router::new().route("/metrics", get(metrics)).fallback(nothing).method_not_allowed_fallback(nothing)
}

async fn metrics() -> Response {
    // It reads files.
    match tokio::task::spawn_blocking(family::text).await {
        Ok(Ok(text)) => (OPEN_METRICS, text).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
