//! Many want the last copies.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;
use tokio::task::JoinSet;

use super::kit::{all_is_in_order, on_each_way, order, place, shelve, stock};
use crate::process::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_race_for_fifty_and_fifty_get_one_each() {
    on_each_way(&[], async |store| {
        shelve(store, "1", 50).await;
        let (app, mut racing) = (store.app("Web"), JoinSet::new());
        for _ in 0..200 {
            let app = app.clone();
            racing.spawn(async move { place(&app, &order("1", 1)).await });
        }
        assert_eq!(racing.join_all().await.len(), 200);
        let started = Instant::now();
        let settled = |order: &&Value| {
            order["status"] == "STOCKED" || (order["status"] == "FAILED" && order["paymentStatus"] == "REFUNDED")
        };
        let orders = loop {
            let orders = app.get("/orders?limit=1000").await.json();
            let orders = orders.as_array().unwrap().clone();
            if orders.iter().filter(settled).count() == 200 {
                break orders;
            }
            assert!(started.elapsed() < PATIENCE, "{:?}", by_status(&orders));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        let wanted = BTreeMap::from([("FAILED".to_owned(), 150), ("STOCKED".to_owned(), 50)]);
        assert_eq!((by_status(&orders), stock(store, "1").await), (wanted, 0));
        all_is_in_order(store).await;
    })
    .await;
}

fn by_status(orders: &[Value]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for order in orders {
        *all.entry(order["status"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    all
}
