//! A provider of payments that moves no money: it keeps a book in the service's database, and speaks as much of Stripe's HTTP
//! as is asked of it. It is there when no other one is set.
//!
//! Its methods of payment: `pm_card_visa` succeeds, `pm_card_chargeDeclined` is declined, `pm_card_timeout` never answers and
//! takes nothing, `pm_card_late` takes the money but answers too late, and what `pm_card_refundFail` paid cannot be given back.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use graph_host::exit::causes;
use serde_json::{Value, json};
use store::{Db, StoreError, read, write};
use uuid::Uuid;

use crate::provider::ANSWERS_WITHIN;
use crate::store::sandbox_intents as intents;

/// Where it is below the service's address.
pub const PATH: &str = "/sandbox";

#[derive(Clone)]
struct Sandbox {
    db: Db,
    key: String,
}

/// A payment in the book.
#[derive(Clone, Debug, Insertable, Queryable)]
#[diesel(table_name = intents)]
struct Intent {
    id: String,
    idempotency_key: String,
    amount: i64,
    currency: String,
    method: String,
    status: String,
    refunded: bool,
}

/// Its routes, for those who have the key.
pub fn routes(db: Db, key: String) -> Router {
    let sandbox = Sandbox { db, key };
    let routes = Router::new()
        .route("/v1/payment_intents", post(charge).get(book))
        .route("/v1/refunds", post(refund))
        .layer(from_fn_with_state(sandbox.clone(), known));
    Router::new().nest(PATH, routes.with_state(sandbox))
}

async fn known(State(sandbox): State<Sandbox>, request: Request, next: Next) -> Response {
    let wanted = format!("Bearer {}", sandbox.key);
    match request.headers().get(AUTHORIZATION).is_some_and(|given| given.as_bytes() == wanted.as_bytes()) {
        true => next.run(request).await,
        false => fault(StatusCode::UNAUTHORIZED, "", "This is not the key of the sandbox."),
    }
}

fn fault(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response()
}

fn away(error: &StoreError) -> Response {
    tracing::warn!(cause = causes(error), "the sandbox has no database");
    fault(StatusCode::SERVICE_UNAVAILABLE, "", "Try again.")
}

/// The fields of a form, by their names.
fn field<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

async fn charge(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    let (amount, method) = (field(&form, "amount").parse::<i64>().unwrap_or(0), field(&form, "payment_method"));
    if key.is_empty() || amount < 1 {
        return fault(StatusCode::BAD_REQUEST, "parameter_invalid", "There must be an amount and an idempotency key.");
    }
    let status = match method {
        "pm_card_visa" | "pm_card_refundFail" | "pm_card_late" => "succeeded",
        "pm_card_chargeDeclined" => "declined",
        "pm_card_timeout" => {
            tokio::time::sleep(ANSWERS_WITHIN * 4).await;
            return fault(StatusCode::GATEWAY_TIMEOUT, "", "The bank does not answer.");
        }
        _ => return fault(StatusCode::BAD_REQUEST, "resource_missing", "There is no such method of payment."),
    };
    let intent = Intent {
        id: format!("pi_{}", Uuid::now_v7().simple()),
        idempotency_key: key.to_owned(),
        amount,
        currency: field(&form, "currency").to_owned(),
        method: method.to_owned(),
        status: status.to_owned(),
        refunded: false,
    };
    let (fresh, kept) = match sandbox.keep(&intent).await {
        Ok(kept) => kept,
        Err(error) => return away(&error),
    };
    if fresh && method == "pm_card_late" {
        tokio::time::sleep(ANSWERS_WITHIN + Duration::from_secs(1)).await;
    }
    match &*kept.status {
        "succeeded" => Json(shown(&kept)).into_response(),
        _ => fault(StatusCode::PAYMENT_REQUIRED, "card_declined", "Your card was declined."),
    }
}

async fn refund(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let id = field(&form, "payment_intent");
    match sandbox.find(id).await {
        Err(error) => away(&error),
        Ok(None) => fault(StatusCode::NOT_FOUND, "resource_missing", "There is no such payment."),
        Ok(Some(intent)) if intent.method == "pm_card_refundFail" => {
            fault(StatusCode::BAD_REQUEST, "refund_failed", "The card takes nothing back.")
        }
        Ok(Some(intent)) => {
            let row = intents::table.find(&intent.id);
            let done = write!(&sandbox.db, |connection| {
                diesel::update(row).set(intents::refunded.eq(true)).execute(connection).await
            });
            match done.await {
                Ok(_) => Json(json!({ "id": intent.id.replace("pi_", "re_"), "status": "succeeded" })).into_response(),
                Err(error) => away(&error),
            }
        }
    }
}

/// The whole book, up to 10,000 payments, in the order in which they came.
async fn book(State(sandbox): State<Sandbox>) -> Response {
    const MOST: i64 = 10_000;
    let all = read!(&sandbox.db, |connection| {
        intents::table.select(ALL).order(intents::id).limit(MOST).load::<Intent>(connection).await
    });
    match all.await {
        Ok(all) => Json(json!({ "data": all.iter().map(shown).collect::<Vec<_>>() })).into_response(),
        Err(error) => away(&error),
    }
}

fn shown(intent: &Intent) -> Value {
    json!({
        "id": intent.id,
        "object": "payment_intent",
        "amount": intent.amount,
        "currency": intent.currency,
        "payment_method": intent.method,
        "status": intent.status,
        "refunded": intent.refunded,
        "idempotency_key": intent.idempotency_key,
    })
}

/// The columns of a payment.
const ALL: (
    intents::id,
    intents::idempotency_key,
    intents::amount,
    intents::currency,
    intents::method,
    intents::status,
    intents::refunded,
) = (
    intents::id,
    intents::idempotency_key,
    intents::amount,
    intents::currency,
    intents::method,
    intents::status,
    intents::refunded,
);

impl Sandbox {
    /// Puts a payment into the book, unless one with its key is there; gives the one that is, and whether it is new.
    async fn keep(&self, intent: &Intent) -> Result<(bool, Intent), StoreError> {
        let insert = diesel::insert_or_ignore_into(intents::table).values(intent);
        let fresh = write!(&self.db, |connection| insert.execute(connection).await).await? > 0;
        if fresh {
            return Ok((true, intent.clone()));
        }
        let kept = intents::table.filter(intents::idempotency_key.eq(&intent.idempotency_key)).select(ALL);
        let kept = read!(&self.db, |connection| kept.first::<Intent>(connection).await).await?;
        Ok((false, kept))
    }

    async fn find(&self, id: &str) -> Result<Option<Intent>, StoreError> {
        let found = intents::table.find(id).select(ALL);
        read!(&self.db, |connection| found.first::<Intent>(connection).await.optional()).await
    }
}
