//! What becomes of an order, as it happens.

use std::time::{Duration, Instant};

use graph_host::identity::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::kit::{once, order, paid_by, place, shelve};
use crate::kit::{App, Bookstore, on_each};
use crate::process::PATIENCE;

/// A stream of events that is being read.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn of(app: &App, id: i64, last: &str) -> Self {
        let request = app.request(Method::GET, &format!("/orders/{id}/updates")).header("accept", "text/event-stream");
        let request = if last.is_empty() { request } else { request.header("last-event-id", last) };
        let response = request.send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        Self { response, text: String::new() }
    }

    /// The events, once one of them has this in its data.
    async fn until(&mut self, word: &str) -> Vec<(u64, Value)> {
        let started = Instant::now();
        while !self.text.contains(word) {
            assert!(started.elapsed() < PATIENCE, "{:?}", self.text);
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&chunk.expect("the stream ended")).unwrap());
        }
        self.events()
    }

    fn events(&self) -> Vec<(u64, Value)> {
        let events = self.text.split("\n\n").filter_map(|event| event.strip_prefix("id: ")?.split_once("\ndata: "));
        events.map(|(id, data)| (id.parse().unwrap(), serde_json::from_str(data).unwrap())).collect()
    }
}

fn states(events: &[(u64, Value)]) -> Vec<(u64, &str)> {
    events.iter().map(|(id, data)| (*id, data["status"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_comes_as_it_happens_and_who_comes_back_goes_on() {
    on_each(async |store| {
        shelve(store, "1", 5).await;
        let buyer = store.person("Web", Role::Buyer, "buyer@example.com").await.app;
        let id = place(&buyer, &order("1", 1)).await;
        let mut web = Stream::of(&buyer, id, "").await;
        let begun = web.until("STOCKED").await;
        assert_eq!(states(&begun), [(1, "PENDING"), (2, "PLACED"), (3, "STOCKED")]);
        assert_eq!((&begun[1].1["entry"], &begun[1].1["paymentStatus"]), (&json!("PaymentCaptured"), &json!("PAID")));
        let mut phone = Stream::of(&buyer.of_type("iOS"), id, "2").await;
        let known = phone.until("STOCKED").await;
        assert_eq!(states(&known), [(3, "STOCKED")]);
        assert_eq!(known[0].1.as_object().unwrap().keys().collect::<Vec<_>>(), ["at", "status"]);
        // Both hear what happens now, soon.
        let happened = Instant::now();
        assert_eq!(buyer.post(&format!("/orders/{id}/cancel"), &json!({})).await.status, 202);
        for stream in [&mut web, &mut phone] {
            let events = stream.until("CANCELLED").await;
            assert_eq!(states(&events).last().unwrap(), &(events.last().unwrap().0, "CANCELLED"));
        }
        assert!(happened.elapsed() < Duration::from_secs(10), "{:?}", happened.elapsed());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_follows_what_is_not_theirs_nor_more_than_a_few() {
    let store = Bookstore::open(testkit::Kind::Sqlite).await;
    shelve(&store, "1", 50).await;
    let buyer = store.person("Web", Role::Buyer, "buyer@example.com").await.app;
    let other = store.person("Web", Role::Buyer, "other@example.com").await.app;
    let id = place(&buyer, &paid_by("pm_card_chargeDeclined")).await;
    once(&buyer, id, &["FAILED"]).await;
    let path = format!("/orders/{id}/updates");
    other.get(&path).await.is_problem(404, &["There is no order"]);
    buyer.get("/orders/1/updates").await.is_problem(404, &["There is no order"]);
    buyer.get("/orders/mine/updates").await.is_problem(400, &["must be a number"]);
    let json = buyer.request(Method::GET, &path).header("accept", "application/json");
    crate::kit::Answer::to(json).await.is_problem(406, &["text/event-stream"]);
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(Stream::of(&buyer, id, "").await);
    }
    let one_more = buyer.get(&path).await;
    one_more.is_problem(429, &["16 things already"]);
    assert_eq!(one_more.header("retry-after"), "10");
    // A place is free again once somebody leaves.
    drop(streams);
    let started = Instant::now();
    loop {
        let response = buyer.request(Method::GET, &path).send().await.unwrap();
        if response.status() == 200 {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{}", response.status());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
