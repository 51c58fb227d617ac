//! Sending spans to an OTLP endpoint, without ever holding up a request.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use reqwest::Url;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::SPANS;
use crate::settings::Mistakes;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const SAMPLER_ARG: &str = "OTEL_TRACES_SAMPLER_ARG";

/// How long the endpoint may take to take in a batch of spans.
const EXPORT_WITHIN: Duration = Duration::from_secs(5);
/// How long the spans that are left may take when the process ends.
const FLUSH_WITHIN: Duration = Duration::from_secs(3);

static ON: AtomicBool = AtomicBool::new(false);

/// Whether spans are made.
pub fn is_on() -> bool {
    ON.load(Relaxed)
}

/// The settings of traces, by their names in the OpenTelemetry specification; the same for every process.
#[derive(clap::Args, Clone, Debug)]
pub struct TraceArgs {
    /// OTLP endpoint that traces are sent to by HTTP, such as http://127.0.0.1:4318; none unless set
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true)]
    otel_exporter_otlp_endpoint: Option<String>,
    /// Share of requests that are traced, from 0 to 1, where the caller has not decided
    #[arg(long, env = "OTEL_TRACES_SAMPLER_ARG", default_value = "1", global = true)]
    otel_traces_sampler_arg: String,
}

impl TraceArgs {
    /// Where traces are sent, and how many of them; nothing when there are to be none. What is wrong is noted in
    /// `mistakes`.
    pub(crate) fn read(&self, mistakes: &mut Mistakes) -> Option<Option<(Url, f64)>> {
        let share = mistakes.check(SAMPLER_ARG, &self.otel_traces_sampler_arg, share);
        let endpoint = match self.otel_exporter_otlp_endpoint.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => mistakes.check(ENDPOINT, text, endpoint).map(Some),
            None => Some(None),
        };
        let (share, endpoint) = (share?, endpoint?);
        Some(endpoint.map(|endpoint| (endpoint, share)))
    }
}

fn endpoint(text: &str) -> Result<Url, &'static str> {
    let wrong = "is not a URL such as http://127.0.0.1:4318";
    let url: Url = text.parse().map_err(|_| wrong)?;
    if url.scheme() == "http" && url.has_host() { Ok(url) } else { Err(wrong) }
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share: Option<f64> = text.trim().parse().ok();
    share.filter(|share| (0.0..=1.0).contains(share)).ok_or("is not a number from 0 to 1")
}

/// What is left to be sent when the process ends.
#[derive(Default)]
#[must_use = "the last spans are sent when it is flushed"]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Sends the spans that are left, for three seconds at most.
    pub async fn flush(self) {
        let Some(provider) = self.0 else { return };
        let flushed = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH_WITHIN)).await;
        if !matches!(flushed, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }

    /// The exporter of what `service` does, as a layer of the log. It must be called within a runtime.
    pub(crate) fn start<S>(service: &'static str, endpoint: &Url, share: f64) -> Result<(impl Layer<S>, Self), String>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let failed = |error: &dyn std::error::Error| error.to_string();
        let http = reqwest::Client::builder().no_proxy().timeout(EXPORT_WITHIN);
        let http = http.build().map_err(|error| failed(&error))?;
        let path = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender { http, runtime: Handle::current(), failing: AtomicBool::new(false) })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(path)
            .build()
            .map_err(|error| failed(&error))?;
        // Spans wait in a queue of 2,048; what does not fit is dropped.
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share))))
            .with_resource(Resource::builder().with_service_name(service).build())
            .build();
        let exported = filter_fn(|metadata| metadata.is_span() && metadata.target() == SPANS);
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("bookstore"))
            .with_context_activation(false)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // What is logged is for the log alone.
            .with_filter(exported.with_max_level_hint(LevelFilter::INFO));
        ON.store(true, Relaxed);
        Ok((layer, Self(Some(provider))))
    }
}

/// Sends batches for the exporter, whose thread is not of the runtime, and says once when that does not work, and once
/// when it works again.
#[derive(Debug)]
struct Sender {
    http: reqwest::Client,
    runtime: Handle,
    failing: AtomicBool,
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let sent = self.runtime.spawn(async move { http.send_bytes(request).await }).await;
        let sent = sent.map_err(HttpError::from).and_then(|sent| sent);
        let complaint = match &sent {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("the answer is {}", response.status())),
            Err(error) => Some(crate::exit::causes(&**error)),
        };
        match complaint {
            Some(cause) if !self.failing.swap(true, Relaxed) => {
                tracing::warn!(cause, "traces cannot be sent, and are dropped until they can");
            }
            None if self.failing.swap(false, Relaxed) => tracing::info!("traces are sent again"),
            _ => {}
        }
        sent
    }
}
