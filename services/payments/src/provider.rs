//! The provider of payments, asked by HTTP in the shape of Stripe's PaymentIntents and Refunds
//! (<https://docs.stripe.com/api/payment_intents>). Each request carries an idempotency key, so one that is sent again after a
//! crash or a lost answer takes no money twice.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

/// How long the provider may take to answer.
pub const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;
/// How many connections are kept.
const IDLE_MAX: usize = 16;
/// The most characters of a reason.
const REASON_MAX: usize = 200;

/// Who takes money and gives it back. Cloning it shares the connections.
#[derive(Clone)]
pub struct Provider {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    key: String,
}

/// What came of asking the provider for something.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done, and this is its id.
    Done(String),
    /// It will not be done, for this reason.
    Refused(String),
    /// Nobody knows: it did not answer, or could not. It may have been done.
    Unknown(String),
}

/// What an answer says, as far as it is read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    id: String,
    status: String,
    error: Fault,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    code: String,
    message: String,
}

/// What is wrong with the address of a provider, to be read after the setting's name.
///
/// # Errors
/// That it is no `http://` or `https://` URL.
pub fn check_url(text: &str) -> Result<(), String> {
    let wrong = || "is no URL such as https://api.stripe.com".to_owned();
    let url: Uri = text.parse().map_err(|_| wrong())?;
    let known = matches!(url.scheme_str(), Some("http" | "https"));
    if known && url.host().is_some_and(|host| !host.is_empty()) && url.query().is_none() {
        Ok(())
    } else {
        Err(wrong())
    }
}

impl Provider {
    /// The provider at `base`, such as `https://api.stripe.com`, asked with this secret key.
    pub fn new(base: &str, key: String) -> Self {
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let http = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(IDLE_MAX).build(connector);
        Self { http, base: base.trim_end_matches('/').to_owned(), key }
    }

    /// Takes so many cents for an order; whenever it is asked for the same order, it takes them once.
    pub async fn charge(&self, order_id: i64, amount: i64, currency: &str, method: &str) -> Outcome {
        let (order, amount, currency) = (order_id.to_string(), amount.to_string(), currency.to_lowercase());
        let form = [
            ("amount", amount.as_str()),
            ("currency", &currency),
            ("payment_method", method),
            ("confirm", "true"),
            ("metadata[order_id]", &order),
        ];
        match self.ask("/v1/payment_intents", &form, &format!("order-{order_id}")).await {
            Ok((_, answer)) if answer.status == "succeeded" => Outcome::Done(answer.id),
            Ok((_, answer)) if answer.status.starts_with("requires_") || answer.status == "canceled" => {
                Outcome::Refused("the card wants more than a shop can ask for".to_owned())
            }
            Ok((status, _)) if status.is_success() => Outcome::Unknown("it is still being processed".to_owned()),
            Ok((status, answer)) if is_refusal(status) => Outcome::Refused(answer.error.reason()),
            Ok((status, _)) => Outcome::Unknown(format!("the provider answered {status}")),
            Err(why) => Outcome::Unknown(why),
        }
    }

    /// Gives back what was taken for an order, once.
    pub async fn refund(&self, order_id: i64, provider_id: &str) -> Outcome {
        let form = [("payment_intent", provider_id)];
        match self.ask("/v1/refunds", &form, &format!("refund-{order_id}")).await {
            Ok((status, answer)) if status.is_success() && answer.status != "failed" => Outcome::Done(answer.id),
            Ok((_, answer)) if answer.error.code == "charge_already_refunded" => Outcome::Done(answer.id),
            Ok((status, answer)) if is_refusal(status) || status.is_success() => {
                Outcome::Refused(answer.error.reason())
            }
            Ok((status, _)) => Outcome::Unknown(format!("the provider answered {status}")),
            Err(why) => Outcome::Unknown(why),
        }
    }

    async fn ask(&self, path: &str, form: &[(&str, &str)], key: &str) -> Result<(StatusCode, Answer), String> {
        let body = serde_urlencoded::to_string(form).map_err(|error| error.to_string())?;
        let request = Request::post(format!("{}{path}", self.base))
            .header(AUTHORIZATION, format!("Bearer {}", self.key))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("idempotency-key", key)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| error.to_string())?;
        let asked = tokio::time::timeout(ANSWERS_WITHIN, async {
            let response = self.http.request(request).await.map_err(|error| format!("it cannot be asked: {error}"))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_MAX).collect().await;
            let body = body.map_err(|error| format!("its answer cannot be read: {error}"))?.to_bytes();
            // What is no JSON tells no more than the status.
            Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
        });
        asked.await.unwrap_or_else(|_| Err(format!("the provider did not answer within {ANSWERS_WITHIN:?}")))
    }
}

/// Whether the provider will say the same to the same request for ever. 401 and 403 are faults of the shop, 409 and 429 pass.
fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_REQUEST | StatusCode::PAYMENT_REQUIRED | StatusCode::NOT_FOUND)
}

impl Fault {
    /// What the provider says to whoever pays.
    fn reason(&self) -> String {
        let said = self.message.trim_end_matches('.');
        let said = if said.is_empty() { "the provider refused it" } else { said };
        said.chars().take(REASON_MAX).collect()
    }
}
