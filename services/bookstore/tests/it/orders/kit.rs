//! What the tests of orders do and hold to be true.

use std::time::{Duration, Instant};

use bookstore::settings::within;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use events::Transport;
use serde_json::{Value, json};
use store::{Db, read};
use testkit::{Kind, RabbitMq};

use crate::kit::{App, Bookstore, book, with};
use crate::process::PATIENCE;

/// The price of one of the books of [`shop`], in cents.
pub const PRICE: i64 = 1250;

/// An order of so many of a book, by a person.
pub fn order(isbn: &str, quantity: i64) -> Value {
    json!({
        "name": "Peter O'Quill", "email": "quill@example.com", "phone": "1-555-014-2222 x04321", "street": "1 Main Street",
        "city": "Missouri", "customerType": "B2C", "market": "US", "products": [{"ISBN": isbn, "quantity": quantity}],
        "paymentMethodId": "pm_card_visa"
    })
}

/// The same, paid so.
pub fn paid_by(method: &str) -> Value {
    with(&order("1", 1), json!({"paymentMethodId": method}))
}

/// Has a book that costs 12.50, of which there are so many.
pub async fn shelve(store: &Bookstore, isbn: &str, quantity: i64) {
    let book = with(&book(isbn), json!({"price": 12.5, "quantity": quantity}));
    let answer = store.app("Web").post("/books", &book).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    known(store, isbn).await;
}

/// Waits until a book can be ordered.
pub async fn known(store: &Bookstore, isbn: &str) {
    let started = Instant::now();
    let sql = "SELECT COUNT(*) AS n FROM offers WHERE isbn_key = ? AND removed = 0";
    let db = store.db("orders");
    while count(&db, sql, isbn).await == 0 {
        assert!(started.elapsed() < PATIENCE, "{isbn} never can be ordered");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The number `n` of a query with one text.
pub async fn count(db: &Db, sql: &str, text: &str) -> i64 {
    let asked = read!(db, |connection| {
        sql_query(sql).bind::<Text, _>(text).get_result::<Number>(connection).await.map(|row| row.n)
    });
    asked.await.unwrap()
}

/// Places an order; gives its number.
pub async fn place(app: &App, body: &Value) -> i64 {
    let answer = app.post("/orders", body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.json()["orderId"].as_i64().unwrap()
}

/// The order as the app sees it, once its state is one of these.
pub async fn once(app: &App, id: i64, states: &[&str]) -> Value {
    once_it(app, id, |order| states.contains(&order["status"].as_str().unwrap())).await
}

/// The order as the app sees it, once it is as wanted.
pub async fn once_it(app: &App, id: i64, wanted: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let answer = app.get(&format!("/orders/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let order = answer.json();
        if wanted(&order) {
            return order;
        }
        assert!(started.elapsed() < PATIENCE, "{order}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How many of a book there are.
pub async fn stock(store: &Bookstore, isbn: &str) -> i64 {
    store.app("Web").get(&format!("/books/{isbn}")).await.json()["quantity"].as_i64().unwrap()
}

/// The whole ledger.
pub async fn ledger(store: &Bookstore) -> Vec<Value> {
    store.app("Web").get("/finance/ledger").await.json().as_array().unwrap().clone()
}

/// How much an account has got for an order, or for all.
pub fn balance(ledger: &[Value], account: &str, order: Option<i64>) -> i64 {
    let of = |entry: &&Value| entry["account"] == account && order.is_none_or(|order| entry["orderId"] == order);
    ledger.iter().filter(of).map(|entry| entry["amount"].as_i64().unwrap()).sum()
}

/// Holds all the books to one another, once nothing is on its way any more: the ledger balances, and has what the provider's own
/// book has; each order has its money once, or none; and what its history makes of an order is its row.
pub async fn all_is_in_order(store: &Bookstore) {
    let (orders, payments) = (store.db("orders"), store.db("payments"));
    let ledger = ledger(store).await;
    let sum: i64 = ledger.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum();
    assert_eq!(sum, 0, "the ledger does not balance: {ledger:?}");
    let taken = "SELECT COALESCE(SUM(amount), 0) AS n FROM sandbox_intents WHERE status = ? AND refunded = 0";
    let taken = count(&payments, &taken.replace("SUM(amount)", "CAST(SUM(amount) AS SIGNED)"), "succeeded").await;
    assert_eq!(balance(&ledger, "provider", None), taken, "the provider has something else in its book");
    let unpaid = "SELECT COUNT(*) AS n FROM orders WHERE status IN ('PLACED', 'STOCKED', 'DELIVERY_BOOKED') \
        AND payment_status NOT IN ('PAID', 'INVOICED') AND '' = ?";
    assert_eq!(count(&orders, unpaid, "").await, 0, "orders go on without money");
    let kept = "SELECT COUNT(*) AS n FROM orders WHERE status IN ('FAILED', 'CANCELLED') \
        AND payment_status IN ('PAID', 'INVOICED') AND '' = ?";
    assert_eq!(count(&orders, kept, "").await, 0, "money was kept for nothing");
    let rebuilt = orders::store::OrderStore::new(orders, events::Outbox::nowhere("orders")).rebuild().await.unwrap();
    assert_eq!((rebuilt.differed, rebuilt.unsound), (0, 0), "{rebuilt:?}");
}

/// Runs a test on a bookstore of each kind, over each transport.
pub async fn on_each_way(own: &[(&str, &str)], test: impl AsyncFn(&Bookstore)) {
    let broker = RabbitMq::start();
    for kind in Kind::ALL {
        for transport in [within(), Transport::Amqp(broker.url().parse().unwrap())] {
            println!("on {kind:?} over {transport:?}");
            test(&Bookstore::open_so(kind, transport, own).await).await;
        }
    }
}
