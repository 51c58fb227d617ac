//! The provider hangs, or answers too late: nobody pays twice, and nobody for nothing.

use testkit::Kind;

use super::kit::{all_is_in_order, balance, count, ledger, once, once_it, paid_by, place, shelve};
use crate::kit::Bookstore;

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_fails_the_order_and_one_that_answers_late_takes_the_money_once() {
    for kind in Kind::ALL {
        let store = Bookstore::open(kind).await;
        shelve(&store, "1", 10).await;
        let app = store.app("Web");
        let hangs = place(&app, &paid_by("pm_card_timeout")).await;
        let late = place(&app, &paid_by("pm_card_late")).await;
        // Others are not held up by them.
        let good = place(&app, &paid_by("pm_card_visa")).await;
        once(&app, good, &["STOCKED"]).await;
        let late = once(&app, late, &["STOCKED"]).await;
        let id = late["orderId"].as_i64().unwrap();
        assert_eq!(balance(&ledger(&store).await, "provider", Some(id)), super::kit::PRICE);
        let keys = "SELECT COUNT(*) AS n FROM sandbox_intents WHERE idempotency_key = ?";
        assert_eq!(count(&store.db("payments"), keys, &format!("order-{id}")).await, 1);
        let failed = once(&app, hangs, &["FAILED"]).await;
        assert_eq!(failed["paymentStatus"], "DECLINED");
        assert!(failed["reason"].as_str().unwrap().contains("did not answer in time"), "{failed}");
        all_is_in_order(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_while_the_provider_is_asked_is_given_back() {
    for kind in Kind::ALL {
        let store = Bookstore::open(kind).await;
        shelve(&store, "1", 10).await;
        let app = store.app("Web");
        // It is taken at once, and answered only when the order is cancelled.
        let id = place(&app, &paid_by("pm_card_late")).await;
        let asked = "SELECT COUNT(*) AS n FROM sandbox_intents WHERE idempotency_key = ?";
        let (payments, key) = (store.db("payments"), format!("order-{id}"));
        let started = std::time::Instant::now();
        while count(&payments, asked, &key).await == 0 {
            assert!(started.elapsed() < crate::process::PATIENCE, "the provider is never asked");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(app.post(&format!("/orders/{id}/cancel"), &serde_json::json!({})).await.status, 202);
        let order = once_it(&app, id, |order| order["paymentStatus"] == "REFUNDED").await;
        assert_eq!(order["status"], "CANCELLED");
        all_is_in_order(&store).await;
    }
}
