//! Orders as their buyers see them.

use graph_host::identity::Role;
use serde_json::{Value, json};
use testkit::Kind;

use super::kit::{
    PRICE, all_is_in_order, balance, ledger, on_each_way, once, once_it, order, paid_by, place, shelve, stock,
};
use crate::kit::{Answer, Bookstore, on_each, with, without};

/// The first time that is free in a city.
async fn first_time(store: &Bookstore) -> String {
    let times = store.app("Web").get("/delivery-times?city=Missouri").await;
    assert_eq!(times.status, 200, "{}", times.text);
    let times = times.json()["deliveryOptions"].clone();
    assert_eq!(times.as_array().unwrap().len(), 42, "three a day for fourteen days: {times}");
    times[0].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_goes_from_the_cart_to_the_door() {
    on_each_way(&[], async |store| {
        shelve(store, "1", 5).await;
        let buyer = store.person("Web", Role::Buyer, "buyer@example.com").await.app;
        let answer = buyer.post("/orders", &with(&order("1", 2), json!({"totalPrice": 2 * PRICE}))).await;
        let id = answer.json()["orderId"].as_i64().unwrap();
        answer.is(202, &json!({"message": "Order created and processing started", "orderId": id, "status": "PENDING"}));
        assert_eq!(answer.header("location"), format!("/orders/{id}"));
        let stocked = once(&buyer, id, &["STOCKED"]).await;
        assert_eq!((&stocked["paymentStatus"], &stocked["totalPrice"]), (&json!("PAID"), &json!(2 * PRICE)));
        assert_eq!(stock(store, "1").await, 3);
        let time = first_time(store).await;
        let booked = buyer.post(&format!("/orders/{id}/delivery"), &json!({"deliveryTime": time})).await;
        let to = json!({"orderId": id, "name": "Peter O'Quill", "email": "quill@example.com",
            "phone": "1-555-014-2222 x04321", "street": "1 Main Street", "city": "Missouri", "deliveryTime": time});
        booked.is(200, &to);
        let done = once(&buyer, id, &["DELIVERY_BOOKED"]).await;
        assert_eq!(done["deliveryTime"], time);
        let entries: Vec<&Value> = done["history"].as_array().unwrap().iter().map(|one| &one["entry"]).collect();
        assert_eq!(entries, ["Created", "PaymentCaptured", "StockCreated", "DeliveryBooked"]);
        // The same again is done already; another time is not.
        assert_eq!(buyer.post(&format!("/orders/{id}/delivery"), &json!({"deliveryTime": time})).await.status, 200);
        let later = (time.parse::<i64>().unwrap() + 86_400_000).to_string();
        let again = buyer.post(&format!("/orders/{id}/delivery"), &json!({"deliveryTime": later})).await;
        again.is_problem(409, &["Another time"]);
        buyer.post(&format!("/orders/{id}/cancel"), &json!({})).await.is_problem(409, &["its delivery is booked"]);
        let phone = buyer.of_type("iOS").get(&format!("/orders/{id}")).await;
        phone.is(
            200,
            &json!({
                "orderId": id, "status": "DELIVERY_BOOKED", "totalPrice": 2 * PRICE, "deliveryTime": time,
                "products": [{"ISBN": "1", "title": "Awesome Mix", "quantity": 2}]
            }),
        );
        let ledger = ledger(store).await;
        assert_eq!((balance(&ledger, "provider", Some(id)), balance(&ledger, "sales", Some(id))), (2500, -2500));
        all_is_in_order(store).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_comes_to_nothing_leaves_nothing_behind() {
    on_each_way(&[], async |store| {
        shelve(store, "1", 3).await;
        let buyer = store.person("Web", Role::Buyer, "buyer@example.com").await.app;
        let declined = place(&buyer, &paid_by("pm_card_chargeDeclined")).await;
        let declined = once(&buyer, declined, &["FAILED"]).await;
        assert_eq!(declined["paymentStatus"], "DECLINED");
        assert_eq!(declined["reason"], "It could not be paid: Your card was declined.");
        let short = place(&buyer, &order("1", 4)).await;
        let short = once_it(&buyer, short, |order| order["paymentStatus"] == "REFUNDED").await;
        assert_eq!((&short["status"], &short["reason"]), (&json!("FAILED"), &json!("There are too few of 1.")));
        // One whose money cannot be given back is for a person.
        let kept = place(&buyer, &with(&order("1", 4), json!({"paymentMethodId": "pm_card_refundFail"}))).await;
        let kept = once_it(&buyer, kept, |order| order["paymentStatus"] == "REFUND_FAILED").await;
        assert_eq!(kept["status"], "FAILED");
        let cancelled = place(&buyer, &order("1", 3)).await;
        once(&buyer, cancelled, &["STOCKED"]).await;
        assert_eq!(stock(store, "1").await, 0);
        let answer = buyer.post(&format!("/orders/{cancelled}/cancel"), &json!({})).await;
        assert_eq!((answer.status, &answer.json()["status"]), (202, &json!("CANCELLED")));
        once_it(&buyer, cancelled, |order| order["paymentStatus"] == "REFUNDED").await;
        // Asked twice it is what was wanted, and nothing is given back twice.
        assert_eq!(buyer.post(&format!("/orders/{cancelled}/cancel"), &json!({})).await.status, 202);
        let started = std::time::Instant::now();
        while stock(store, "1").await != 3 {
            assert!(started.elapsed() < crate::process::PATIENCE, "{} are there", stock(store, "1").await);
        }
        let time = json!({"deliveryTime": first_time(store).await});
        let booking = buyer.post(&format!("/orders/{cancelled}/delivery"), &time).await;
        booking.is_problem(409, &["not deliverable"]);
        all_is_in_order(store).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_gets_an_invoice_and_mexico_pays_in_pesos() {
    on_each(async |store| {
        shelve(store, "1", 50).await;
        let app = store.app("Web");
        let business = without(
            &with(&order("1", 2), json!({"customerType": "B2B", "orgNumber": "5566778899"})),
            "paymentMethodId",
        );
        let invoiced = place(&app, &business).await;
        let stocked = once(&app, invoiced, &["STOCKED"]).await;
        assert_eq!((&stocked["paymentStatus"], &stocked["orgNumber"]), (&json!("INVOICED"), &json!("5566778899")));
        let pesos = place(&app, &with(&order("1", 1), json!({"market": "MX"}))).await;
        let pesos = once(&app, pesos, &["STOCKED"]).await;
        let told = [&pesos["totalPrice"], &pesos["localPrice"], &pesos["currency"]];
        assert_eq!(told, [&json!(PRICE), &json!(20 * PRICE), &json!("MXN")]);
        let entries = ledger(store).await;
        assert_eq!(balance(&entries, "receivables", Some(invoiced)), 2 * PRICE);
        assert_eq!(balance(&entries, "provider", pesos["orderId"].as_i64()), 20 * PRICE);
        assert_eq!(balance(&entries, "provider", Some(invoiced)), 0, "a business is charged");
        assert_eq!(app.post(&format!("/orders/{invoiced}/cancel"), &json!({})).await.status, 202);
        once_it(&app, invoiced, |order| order["paymentStatus"] == "REFUNDED").await;
        assert_eq!(balance(&ledger(store).await, "receivables", Some(invoiced)), 0);
        all_is_in_order(store).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_order_is_refused_by_what_is_wrong_with_it() {
    let store = Bookstore::open(Kind::Sqlite).await;
    shelve(&store, "1", 5).await;
    let app = store.app("Web");
    for (changes, words) in [
        (json!({"email": "nobody"}), "email must be an e-mail address"),
        (json!({"name": " "}), "name must not be empty"),
        (json!({"products": []}), "products must have from 1 to 50 items"),
        (json!({"products": [{"ISBN": "1", "quantity": 0}]}), "quantity at 1 that must be from 1 to 1000"),
        (json!({"products": [{"ISBN": "1", "quantity": 600}, {"ISBN": "1", "quantity": 600}]}), "quantity at 2"),
        (json!({"products": [{"ISBN": "1"}]}), "the 1st, that has a quantity that is missing"),
        (json!({"products": [{"ISBN": "1", "quantity": 1, "price": 0}]}), "must not have \"price\""),
        (json!({"products": [{"isbn": "1", "quantity": 1}]}), "has a ISBN that is missing"),
        (json!({"products": "1"}), "products must be a list"),
        (json!({"products": [1]}), "must be an object"),
        (json!({"customerType": "B2X"}), "must be one of B2C, B2B"),
        (json!({"customerType": "B2B", "market": "MX", "orgNumber": "123456"}), "market must be US"),
        (json!({"customerType": "B2B"}), "orgNumber must be given"),
        (json!({"customerType": "B2B", "orgNumber": "12345"}), "from 6 to 20 digits"),
        (json!({"customerType": "B2B", "orgNumber": "123456789012345678901"}), "at most 20 digits"),
        (json!({"paymentMethodId": null}), "paymentMethodId must be given"),
        (json!({"paymentMethodId": "pm card"}), "letters, digits and underscores"),
        (json!({"totalPrice": -1}), "totalPrice must be 0 or more"),
        (json!({"totalPrice": 12.5}), "totalPrice must be an integer"),
        (json!({"price": 1}), "\"price\" is not a field"),
    ] {
        let answer = app.post("/orders", &with(&order("1", 1), changes.clone())).await;
        answer.is_problem(400, &[words]);
    }
    let unknown = app.post("/orders", &order("9", 1)).await;
    unknown.is_problem(404, &["There is no book with the ISBN 9"]);
    let other_price = app.post("/orders", &with(&order("1", 2), json!({"totalPrice": PRICE}))).await;
    other_price.is_problem(422, &["2500 US cents now"]);
    assert_eq!(other_price.json()["code"], "PRICE_CHANGED");
    assert_eq!(app.get("/orders?limit=10").await.json(), json!([]), "something was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_buys_once_and_is_not_used_up_by_a_refusal() {
    on_each(async |store| {
        shelve(store, "1", 5).await;
        let app = store.app("Web");
        let send = async |body: &Value| {
            let request = app.request(reqwest::Method::POST, "/orders").header("idempotency-key", "one");
            Answer::to(request.header("content-type", "application/json").body(body.to_string())).await
        };
        let refused = send(&with(&order("1", 1), json!({"totalPrice": 1}))).await;
        assert_eq!(refused.json()["code"], "PRICE_CHANGED");
        let first = send(&order("1", 1)).await;
        assert_eq!(first.status, 202, "{}", first.text);
        // Also when the book costs something else by then.
        let dearer = with(&crate::kit::book("1"), json!({"price": 99, "quantity": 5}));
        assert_eq!(app.put("/books/1", &dearer).await.status, 200);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(send(&order("1", 1)).await.json(), first.json());
        assert_eq!(send(&order("1", 2)).await.json()["code"], "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(app.get("/orders?limit=10").await.json().as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_orders_the_newest_first_and_nobody_elses() {
    on_each(async |store| {
        shelve(store, "1", 50).await;
        let [one, other] = ["one@example.com", "other@example.com"];
        let one = store.person("iOS", Role::Buyer, one).await.app;
        let other = store.person("iOS", Role::Seller, other).await.app;
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(place(&one, &order("1", 1)).await);
        }
        let theirs = place(&other, &order("1", 1)).await;
        let numbers = |answer: &Answer| {
            answer.json().as_array().unwrap().iter().map(|one| one["orderId"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        ids.reverse();
        assert_eq!(numbers(&one.get("/orders").await), ids);
        let page = one.get("/orders?limit=2").await;
        assert_eq!(numbers(&page), ids[..2]);
        let next = page.header("link").split(['<', '>']).nth(1).unwrap().to_owned();
        assert_eq!(numbers(&one.get(&next).await), ids[2..4]);
        assert_eq!(numbers(&store.app("Web").get("/orders").await).len(), 6, "an admin sees all");
        for path in [format!("/orders/{theirs}"), "/orders/1".to_owned(), format!("/orders/{}", i64::MAX)] {
            one.get(&path).await.is_problem(404, &["There is no order"]);
        }
        one.get("/orders/mine").await.is_problem(400, &["must be a number"]);
        let stocked = once(&other, theirs, &["STOCKED"]).await;
        one.post(&format!("/orders/{theirs}/cancel"), &json!({})).await.is_problem(404, &["There is no order"]);
        let booking = json!({"deliveryTime": first_time(store).await});
        one.post(&format!("/orders/{theirs}/delivery"), &booking).await.is_problem(404, &["There is no order"]);
        assert_eq!(once(&other, theirs, &["STOCKED"]).await, stocked);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_time_is_no_longer_offered_nor_booked() {
    let own = [("DELIVERY_CAPACITY", "2")];
    let store = Bookstore::open_so(Kind::Sqlite, bookstore::settings::within(), &own).await;
    shelve(&store, "1", 50).await;
    let (app, time) = (store.app("Web"), first_time(&store).await);
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = place(&app, &order("1", 1)).await;
        once(&app, id, &["STOCKED"]).await;
        ids.push(id);
    }
    let book =
        async |id: i64, time: &str| app.post(&format!("/orders/{id}/delivery"), &json!({"deliveryTime": time})).await;
    assert_eq!([book(ids[0], &time).await.status, book(ids[1], &time).await.status], [200, 200]);
    book(ids[2], &time).await.is_problem(409, &["full"]);
    book(ids[2], "1700000000000").await.is_problem(400, &["must be one of the times"]);
    book(ids[2], "tomorrow").await.is_problem(400, &["must be one of the times"]);
    let offered = |city: &'static str| {
        let app = app.clone();
        async move {
            app.get(&format!("/delivery-times?city={city}")).await.json()["deliveryOptions"].as_array().unwrap().len()
        }
    };
    assert_eq!((offered("missouri").await, offered("Xandar").await), (41, 42), "each city has its own");
    app.get("/delivery-times").await.is_problem(400, &["city", "must be given"]);
    // A pending order is known, and not deliverable.
    let pending = place(&app, &paid_by("pm_card_timeout")).await;
    let started = std::time::Instant::now();
    while book(pending, &time).await.status == 404 {
        assert!(started.elapsed() < crate::process::PATIENCE);
    }
    book(pending, &time).await.is_problem(409, &["not deliverable"]);
}
