//! A service, and one connection pool to it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use graph_documents::Mode;
use graph_host::auth::Caller;
use graph_host::logs::REQUEST_ID;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Response, StatusCode, Url};
use serde::Serialize;

use crate::fetched::fetched;
use crate::meters::NOBODY;
use crate::{Answer, CallError, CallMeters, Document};

/// How long a connection to a service may take to open.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// How long a service may take to answer a document.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How long an unused connection is kept; shorter than the serving side keeps it (60 s).
const IDLE_MAX: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes: a page of 1,000 books with the longest texts allowed.
const ANSWER_MAX_BYTES: usize = 48 * 1024 * 1024;

/// A service that answers GraphQL documents.
#[derive(Clone, Debug)]
pub struct Upstream {
    service: &'static str,
    url: Url,
    http: Client,
    mode: Mode,
    part: &'static str,
    meters: Arc<OnceLock<CallMeters>>,
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
            .timeout(ANSWER_WITHIN)
            .pool_idle_timeout(IDLE_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { service, url, http, mode, part: NOBODY, meters: Arc::default() })
    }

    /// The same service and the same connections, with calls that are counted as those of `part`.
    pub fn called_by(&self, part: &'static str) -> Self {
        let calls = Self { part, meters: Arc::default(), ..self.clone() };
        // They begin at zero, not with the first call.
        calls.meters();
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

    /// The name of the service in logs and errors.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Sends `document` with `variables` for `caller`. The answer counts as fetched by the request at hand.
    ///
    /// # Errors
    /// [`CallError`], when the service cannot be reached, is late, refuses the token, or answers with
    /// more than 48 MiB or with a status that is none of GraphQL over HTTP.
    pub async fn ask<V: Serialize>(
        &self,
        caller: &Caller,
        document: Document,
        variables: &V,
    ) -> Result<Answer, CallError> {
        let answer = self.call(caller, document, variables).await?;
        fetched(answer.len());
        Ok(answer)
    }

    /// Like [`Self::ask`], for an answer that several requests share.
    pub(crate) async fn call<V: Serialize>(
        &self,
        caller: &Caller,
        document: Document,
        variables: &V,
    ) -> Result<Answer, CallError> {
        let started = Instant::now();
        let answer = self.send(caller, document, variables).await;
        self.meters().called(&answer, started.elapsed());
        answer
    }

    async fn send<V: Serialize>(
        &self,
        caller: &Caller,
        document: Document,
        variables: &V,
    ) -> Result<Answer, CallError> {
        let (query, document_id) = match self.mode {
            Mode::Open => (Some(document.text), None),
            Mode::Trusted => (None, Some(document.id)),
        };
        let body = GraphRequest { query, document_id, operation_name: document.operation, variables };
        let body = serde_json::to_vec(&body).map_err(|error| self.bad(error.to_string()))?;
        let request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/graphql-response+json, application/json;q=0.9"))
            .header(AUTHORIZATION, caller.authorization.clone())
            .header(REQUEST_ID, caller.request_id.clone())
            .body(body);
        let response = request.send().await.map_err(|error| CallError::from_http(self.service, error))?;
        let response = self.usable(response)?;
        Ok(Answer::new(self.service, self.bytes(response).await?))
    }

    /// A response that holds a GraphQL answer: 200, or 400 for a request error.
    fn usable(&self, response: Response) -> Result<Response, CallError> {
        let service = self.service;
        match response.status() {
            StatusCode::OK | StatusCode::BAD_REQUEST => Ok(response),
            StatusCode::UNAUTHORIZED => Err(CallError::TokenRefused { service }),
            StatusCode::SERVICE_UNAVAILABLE => {
                Err(CallError::Unavailable { service, reason: "it answered 503".to_owned() })
            }
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
