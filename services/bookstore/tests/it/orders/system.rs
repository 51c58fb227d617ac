//! The system test of the shop whose order graph this is: a hundred orders, and all of their deliveries are booked.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::kit::{all_is_in_order, on_each_way, order, place, shelve, stock};
use crate::kit::with;
use crate::process::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_orders_and_all_are_booked() {
    on_each_way(&[("DELIVERY_AUTOBOOK", "on")], async |store| {
        shelve(store, "1", 1000).await;
        shelve(store, "2", 1000).await;
        let (app, test_id) = (store.app("Web"), 481_516);
        for nth in 0..100 {
            let products = json!([{"ISBN": "1", "quantity": 1}, {"ISBN": "2", "quantity": 1 + nth % 3}]);
            place(&app, &with(&order("1", 1), json!({"products": products, "testId": test_id}))).await;
        }
        let graph = app.at(&format!("http://{}", store.at("orders")));
        let query = format!("{{ getAllTestOrders(testId: {test_id}) {{ orderId status deliveryTime orderedProducts customerName testId }} }}");
        let started = Instant::now();
        let orders = loop {
            let answer = graph.post("/graphql", &json!({"query": query})).await.json();
            let orders = answer["data"]["getAllTestOrders"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
            if orders.iter().filter(|order| order["status"] == "DELIVERY_BOOKED").count() == 100 {
                break orders;
            }
            assert!(started.elapsed() < PATIENCE, "{orders:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let whole = |order: &Value| {
            order["orderedProducts"] == "1,2" && order["customerName"] == "Peter O'Quill" && order["testId"] == test_id
        };
        assert!(orders.iter().all(whole), "{orders:?}");
        assert!(orders.iter().all(|order| order["deliveryTime"].as_str().unwrap().len() == 13), "{orders:?}");
        assert_eq!((stock(store, "1").await, stock(store, "2").await), (900, 1000 - 199));
        all_is_in_order(store).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_change_orders_by_hand_and_nobody_else_does() {
    let store = crate::kit::Bookstore::open(testkit::Kind::Sqlite).await;
    shelve(&store, "1", 10).await;
    let buyer = store.person("Web", graph_host::identity::Role::Buyer, "b@example.com").await.app;
    let id = place(&buyer, &super::kit::paid_by("pm_card_timeout")).await;
    let base = format!("http://{}", store.at("orders"));
    let ask = async |app: &crate::kit::App, query: String| {
        app.at(&base).post("/graphql", &json!({"query": query})).await.json()
    };
    let status = |to: &str| {
        format!(
            "mutation {{ updateOrderStatus(id: {id}, status: {to}) {{ __typename ... on Refused {{ message }} ... on OrderSaved {{ order {{ orderId status }} }} }} }}"
        )
    };
    let time = format!(
        "mutation {{ addDeliveryDataToOrder(deliveryData: {{orderId: {id}, deliveryTime: \"1796029200000\"}}) {{ __typename }} }}"
    );
    for query in [status("STOCKED"), time.clone()] {
        assert_eq!(ask(&buyer, query).await["errors"][0]["extensions"]["code"], "NOT_ALLOWED");
    }
    let admin = store.app("Web");
    let stocked = ask(&admin, status("STOCKED")).await;
    assert_eq!(stocked["data"]["updateOrderStatus"]["order"], json!({"orderId": id, "status": "STOCKED"}), "{stocked}");
    assert_eq!(ask(&admin, time).await["data"]["addDeliveryDataToOrder"]["__typename"], "OrderSaved");
    let again = ask(&admin, status("STOCKED")).await;
    assert_eq!(again["data"]["updateOrderStatus"]["__typename"], "OrderConflict");
    let seen = ask(&buyer, format!("{{ getOrder(id: {id}) {{ status deliveryTime history {{ entry }} }} }}")).await;
    let entries = json!([{"entry": "Created"}, {"entry": "BroughtInto"}, {"entry": "DeliveryTimeSet"}]);
    assert_eq!(
        seen["data"]["getOrder"],
        json!({"status": "STOCKED", "deliveryTime": "1796029200000", "history": entries})
    );
    let none = ask(&admin, "{ getOrder(id: 1) { orderId } }".to_owned()).await;
    assert_eq!(none["data"]["getOrder"], Value::Null);
}
