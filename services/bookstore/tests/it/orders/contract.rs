//! What is told of orders is as its schema says, comes in one trace, and takes effect once, however often and late it comes.

use std::collections::BTreeSet;
use std::time::Duration;

use events::{Routes, Transport};
use futures_util::StreamExt;
use lapin::BasicProperties;
use lapin::options::BasicPublishOptions;
use serde_json::{Value, json};
use testkit::{Kind, RabbitMq};

use super::kit::{all_is_in_order, count, ledger, once, once_it, order, paid_by, place, shelve, stock};
use crate::events::contract::schemas;
use crate::events::way::listen;
use crate::kit::{Bookstore, with};

/// All events that arrive until there were none for a while.
async fn heard(consumer: &mut lapin::Consumer) -> Vec<Value> {
    let mut all = Vec::new();
    while let Ok(Some(delivery)) = tokio::time::timeout(Duration::from_secs(2), consumer.next()).await {
        all.push(serde_json::from_slice(&delivery.unwrap().data).unwrap());
    }
    all
}

/// What can be seen of all orders, books and money.
async fn everything(store: &Bookstore) -> (Value, i64, Vec<Value>) {
    (store.app("Web").get("/orders?limit=1000").await.json(), stock(store, "1").await, ledger(store).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_told_fits_its_schema_and_again_in_another_order_changes_nothing() {
    let broker = RabbitMq::start();
    let own = [("DELIVERY_AUTOBOOK", "on")];
    let store = Bookstore::open_so(Kind::Sqlite, Transport::Amqp(broker.url().parse().unwrap()), &own).await;
    shelve(&store, "1", 4).await;
    let (connection, mut consumer) = listen(&broker).await;
    let app = store.app("Web");
    let booked = place(&app, &order("1", 3)).await;
    once(&app, booked, &["DELIVERY_BOOKED"]).await;
    let mut ends = vec![place(&app, &paid_by("pm_card_chargeDeclined")).await];
    for method in ["pm_card_visa", "pm_card_refundFail"] {
        ends.push(place(&app, &with(&order("1", 2), json!({"paymentMethodId": method}))).await);
    }
    for id in ends {
        let over = ["DECLINED", "REFUNDED", "REFUND_FAILED"];
        once_it(&app, id, |order| over.contains(&order["paymentStatus"].as_str().unwrap())).await;
    }
    shelve(&store, "2", 1).await;
    assert_eq!(app.delete("/books/2").await.status, 204);
    let events = heard(&mut consumer).await;
    let told: BTreeSet<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let others = ["AccountRemoved", "DeliveryFailed", "OrderCancelled"];
    let wanted: BTreeSet<&str> =
        Routes::all().iter().map(|route| route.event).filter(|one| !others.contains(one)).collect();
    assert_eq!(told, wanted);
    let schemas = schemas("");
    for event in &events {
        let kind = event["type"].as_str().unwrap();
        let (_, schema) = schemas.iter().find(|(name, _)| name == kind).unwrap();
        let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
        assert!(validator.is_valid(&event["data"]), "{event}");
        assert_eq!(event["source"], format!("/{}", Routes::of(kind).unwrap().from));
    }
    // All of it once more: as it was, and as if each were told anew, in orders that chance makes.
    let before = everything(&store).await;
    let channel = connection.create_channel().await.unwrap();
    for seed in 0..4 {
        let mut again = events.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut again);
        // A book that is told of in another order is another matter: what was told last holds.
        again.retain(|event| seed == 0 || !event["type"].as_str().unwrap().starts_with("Book"));
        for (nth, event) in again.iter_mut().enumerate() {
            if seed > 0 {
                event["id"] = json!(format!("again-{seed}-{nth}"));
            }
            let (key, body) = (event["type"].as_str().unwrap(), event.to_string());
            let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
            let sent =
                channel.basic_publish("bookstore.events".into(), key.into(), options, body.as_bytes(), properties);
            sent.await.unwrap().await.unwrap();
        }
        heard(&mut consumer).await;
        assert_eq!(everything(&store).await, before, "seed {seed}");
        for service in ["books", "orders", "payments", "delivery"] {
            let left = "SELECT COUNT(*) AS n FROM inbox_waiting WHERE '' = ?";
            assert_eq!(count(&store.db(service), left, "").await, 0, "{service} failed at something, seed {seed}");
        }
    }
    all_is_in_order(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_from_the_cart_to_the_booking() {
    let broker = RabbitMq::start();
    let own = [("DELIVERY_AUTOBOOK", "on")];
    for transport in [bookstore::settings::within(), Transport::Amqp(broker.url().parse().unwrap())] {
        let store = Bookstore::open_so(Kind::Sqlite, transport.clone(), &own).await;
        shelve(&store, "1", 5).await;
        let (app, trace) = (store.app("Web"), "0af7651916cd43dd8448eb211c80319c");
        let request = app.request(reqwest::Method::POST, "/orders").header("content-type", "application/json");
        let request = request.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
        let answer = crate::kit::Answer::to(request.body(order("1", 1).to_string())).await;
        let id = answer.json()["orderId"].as_i64().unwrap();
        once(&app, id, &["DELIVERY_BOOKED"]).await;
        // The payment, which no event does, keeps it in its row.
        let kept = "SELECT COUNT(*) AS n FROM payments WHERE traceparent LIKE ?";
        assert_eq!(count(&store.db("payments"), kept, &format!("%{trace}%")).await, 1, "over {transport:?}");
    }
}
