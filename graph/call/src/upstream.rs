//! A service, and one connection pool to it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use graph_documents::Mode;
use graph_host::address::{CLIENT_ADDRESS, told};
use graph_host::auth::Caller;
use graph_host::deadline::{TIME_LEFT, time_left};
use graph_host::exit::causes;
use graph_host::logs::REQUEST_ID;
use graph_host::metrics::at_scrape;
use graph_host::trace::{SPANS, TRACEPARENT, place};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use tracing::Instrument;
use tracing::field::Empty;

use crate::breaker::Breaker;
use crate::fetched::fetched;
use crate::meters::NOBODY;
use crate::retry::{Repeat, Retries};
use crate::{Answer, CallError, CallMeters, Circuit, Document};

/// How long a connection to a service may take to open.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// A call that took less than this and was late had little time; that says nothing of its service.
const LATE_FROM: Duration = Duration::from_secs(1);
/// How long an unused connection is kept; shorter than the serving side keeps it (60 s).
const IDLE_MAX: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes: a page of 1,000 rows of 48 kB each.
const ANSWER_MAX_BYTES: usize = 48 * 1024 * 1024;

/// A service that answers GraphQL documents. Cloning it shares its connections, its breaker and its budget of retries.
#[derive(Clone)]
pub struct Upstream {
    service: &'static str,
    url: Url,
    http: Client,
    mode: Mode,
    care: Arc<Care>,
    part: &'static str,
    meters: Arc<OnceLock<CallMeters>>,
}

/// What keeps a service in trouble from getting more of it.
struct Care {
    breaker: Breaker,
    retries: Retries,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GraphRequest<'a, V> {
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_id: Option<&'a str>,
    operation_name: &'a str,
    variables: &'a V,
}

impl Upstream {
    /// The service called `service` in logs and errors, at `url`. It is sent the text of each document, or, when it
    /// runs only trusted ones, the id.
    ///
    /// # Errors
    /// A sentence, when the URL is not one of `http`, or no client can be made.
    pub fn try_new(service: &'static str, url: &str, mode: Mode) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|error| format!("is not a URL: {error}"))?;
        if url.scheme() != "http" || !url.has_host() {
            return Err("is not a URL such as http://127.0.0.1:3001/graphql".to_owned());
        }
        let http = Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_WITHIN)
            .pool_idle_timeout(IDLE_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        let care = Arc::new(Care { breaker: Breaker::new(), retries: Retries::new() });
        Ok(Self { service, url, http, mode, care, part: NOBODY, meters: Arc::default() })
    }

    /// The same service and the same connections, with calls that are counted as those of `part`.
    pub fn called_by(&self, part: &'static str) -> Self {
        let calls = Self { part, meters: Arc::default(), ..self.clone() };
        // They begin at zero, not with the first call.
        let (care, state) = (Arc::downgrade(&self.care), calls.meters().breaker.clone());
        at_scrape(move || care.upgrade().map(|care| state.set(care.breaker.circuit() as i64)).is_some());
        calls
    }

    /// What is counted of these calls.
    pub(crate) fn meters(&self) -> &CallMeters {
        self.meters.get_or_init(|| CallMeters::new(self.part, self.service))
    }

    /// The part whose calls these are.
    pub(crate) fn part(&self) -> &'static str {
        self.part
    }

    /// How its breaker is.
    pub fn circuit(&self) -> Circuit {
        self.care.breaker.circuit()
    }

    /// The name of the service in logs and errors.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Sends `document` with `variables` for `caller`; again, when that failed and `repeat` allows it. The answer counts as
    /// fetched by the request at hand.
    ///
    /// # Errors
    /// [`CallError`], when the service cannot be reached, does not answer before the caller's deadline, refuses the
    /// token, has failed too often of late, or answers with more than 48 MiB or with a status that is none of GraphQL
    /// over HTTP.
    pub async fn ask<V: Serialize>(
        &self,
        caller: &Caller,
        document: Document,
        variables: &V,
        repeat: Repeat,
    ) -> Result<Answer, CallError> {
        let answer = self.call(caller, document, variables, repeat).await?;
        fetched(answer.len());
        Ok(answer)
    }

    /// Like [`Self::ask`], for an answer that several requests share.
    pub(crate) async fn call<V: Serialize>(
        &self,
        caller: &Caller,
        document: Document,
        variables: &V,
        repeat: Repeat,
    ) -> Result<Answer, CallError> {
        let body = self.body(document, variables)?;
        // In a box: each read that waits for a batch would else have room for the making of a call, and be copied with it.
        Box::pin(self.exchange(caller, document, body, repeat)).await
    }

    fn body<V: Serialize>(&self, document: Document, variables: &V) -> Result<Bytes, CallError> {
        let (query, document_id) = match self.mode {
            Mode::Open => (Some(document.text), None),
            Mode::Trusted => (None, Some(document.id)),
        };
        let body = GraphRequest { query, document_id, operation_name: document.operation, variables };
        Ok(Bytes::from(serde_json::to_vec(&body).map_err(|error| self.bad(error.to_string()))?))
    }

    /// Sends a body, and again as far as `repeat` allows it.
    async fn exchange(
        &self,
        caller: &Caller,
        document: Document,
        body: Bytes,
        repeat: Repeat,
    ) -> Result<Answer, CallError> {
        let mut tries = self.care.retries.call(repeat);
        loop {
            match self.send(caller, document, body.clone()).await {
                Err(error) if tries.again(&error, caller.deadline).await => {
                    self.meters().retries.inc();
                    tracing::info!(cause = causes(&error), "a call failed and is made again");
                }
                outcome => return outcome,
            }
        }
    }

    /// Sends a body once, unless the breaker keeps it.
    async fn send(&self, caller: &Caller, document: Document, body: Bytes) -> Result<Answer, CallError> {
        let service = self.service;
        let pass = self.care.breaker.pass().ok_or(CallError::Resting { service })?;
        let left = caller.deadline.left();
        let span = tracing::info_span!(
            target: SPANS,
            "call",
            otel.kind = "client",
            otel.name = document.operation,
            otel.status_code = Empty,
            peer.service = service,
            error.type = Empty,
        );
        let trace = place(&span).unwrap_or_else(|| caller.trace.parent());
        let request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/graphql-response+json, application/json;q=0.9"))
            .header(REQUEST_ID, caller.request_id.clone())
            .header(TIME_LEFT, time_left(left))
            .header(TRACEPARENT, trace.header())
            .timeout(left)
            .body(body);
        let request =
            caller.authorization.iter().fold(request, |request, one| request.header(AUTHORIZATION, one.clone()));
        let address = caller.address.and_then(told);
        let request = address.into_iter().fold(request, |request, one| request.header(CLIENT_ADDRESS, one));
        let started = Instant::now();
        let answer = self.answer(request).instrument(span.clone()).await;
        let outcome = self.meters().called(&answer, started.elapsed());
        if answer.is_err() {
            span.record("otel.status_code", "ERROR").record("error.type", outcome);
        }
        match &answer {
            Err(CallError::Late { .. }) if left < LATE_FROM => drop(pass),
            Err(CallError::Unreachable { .. } | CallError::Late { .. } | CallError::Broken { .. }) => pass.end(false),
            Ok(_) | Err(_) => pass.end(true),
        }
        answer
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Answer, CallError> {
        let response = request.send().await.map_err(|error| CallError::from_http(self.service, error))?;
        let response = self.usable(response)?;
        Ok(Answer::new(self.service, self.bytes(response).await?))
    }

    /// A response that holds a GraphQL answer: 200, or 400 or 403 for a request error.
    fn usable(&self, response: Response) -> Result<Response, CallError> {
        let service = self.service;
        match response.status() {
            StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN => Ok(response),
            StatusCode::UNAUTHORIZED => Err(CallError::TokenRefused { service }),
            StatusCode::SERVICE_UNAVAILABLE => {
                Err(CallError::Unavailable { service, reason: "it answered 503".to_owned() })
            }
            StatusCode::GATEWAY_TIMEOUT => Err(CallError::Late { service }),
            status if status.is_server_error() => Err(CallError::Broken { service, status }),
            status => Err(self.bad(format!("its status is {status}"))),
        }
    }

    /// The body, read up to the largest size that is believed.
    async fn bytes(&self, mut response: Response) -> Result<Bytes, CallError> {
        let expected = response.content_length().and_then(|length| usize::try_from(length).ok());
        let mut body = BytesMut::with_capacity(expected.unwrap_or(0).min(64 * 1024));
        while let Some(chunk) = response.chunk().await.map_err(|error| CallError::from_http(self.service, error))? {
            if body.len() + chunk.len() > ANSWER_MAX_BYTES {
                return Err(self.bad(format!("it is longer than {ANSWER_MAX_BYTES} bytes")));
            }
            if body.is_empty() && Some(chunk.len()) == expected {
                return Ok(chunk);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    fn bad(&self, reason: String) -> CallError {
        CallError::BadAnswer { service: self.service, reason }
    }
}
