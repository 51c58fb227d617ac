//! What is put aside for orders: all of one or none, never below 0, and given back once, in whatever order it is heard.

use books::SERVICE;
use books::store::{BookStore, Columns};
use events::{Envelope, Outbox, Receiver, Routes, Transport};
use serde_json::{Value, json};
use store::{Db, read};
use testkit::Database;

use crate::kit::{added, book, isbn, on_each, open};

/// A shop with 3 copies each of books 1 and 2, and what it hears with.
async fn shop(database: &Database) -> (BookStore, Receiver, Db) {
    let store = open(database.url()).await;
    for key in ["1", "2"] {
        added(&store, &book(key, "T")).await;
    }
    let db = Db::open(&database.url().parse().unwrap()).unwrap();
    // What is told stays in the outbox, where the test reads it.
    let outbox = Outbox::new("books", &Transport::InProcess(vec!["orders"]));
    let receiver = Receiver::new("books", db.clone(), (SERVICE.hears)(&SERVICE.own_defaults()), outbox);
    (store, receiver, db)
}

async fn hear(receiver: &Receiver, kind: &str, order: i64, data: Value) {
    static NTH: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let id = format!("event-{}", NTH.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let mut data = data;
    data["orderId"] = json!(order);
    let event = json!({
        "specversion": "1.0", "id": id, "source": "/orders", "type": kind, "subject": order.to_string(),
        "time": "2026-12-01T12:00:00.000Z", "datacontenttype": "application/json", "data": data,
    });
    assert_eq!(Routes::of(kind).unwrap().from, "orders");
    receiver.receive(&[Envelope::read(&event.to_string()).unwrap()]).await.unwrap();
}

fn placed(lines: &[(&str, i64)]) -> Value {
    let products: Vec<Value> =
        lines.iter().map(|(isbn, quantity)| json!({"isbn": isbn, "quantity": quantity})).collect();
    json!({"products": products})
}

async fn left(store: &BookStore) -> [i64; 2] {
    let mut left = [0; 2];
    for (nth, key) in ["1", "2"].iter().enumerate() {
        let row = store.find(&isbn(key), Columns { quantity: true, ..Columns::default() }).await.unwrap();
        left[nth] = row.unwrap().quantity.unwrap();
    }
    left
}

/// The types of what was told, in order, and the last event.
async fn told(db: &Db) -> (Vec<String>, Value) {
    use diesel::sql_types::Text;
    use diesel_async::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        body: String,
    }
    let rows = read!(db, |connection| {
        diesel::sql_query("SELECT body FROM outbox ORDER BY n").load::<Row>(connection).await
    });
    let events: Vec<Value> = rows.await.unwrap().iter().map(|row| serde_json::from_str(&row.body).unwrap()).collect();
    let kinds = events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    (kinds, events.last().map(|event| event["data"].clone()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_lines_of_an_order_are_put_aside_or_none() {
    on_each(async |database| {
        let (store, receiver, db) = shop(&database).await;
        hear(&receiver, "OrderPlaced", 1, placed(&[("1", 2), ("2", 3)])).await;
        assert_eq!(
            (left(&store).await, told(&db).await),
            ([1, 0], (vec!["StockCreated".into()], json!({"orderId": 1})))
        );
        hear(&receiver, "OrderPlaced", 2, placed(&[("1", 1), ("2", 1), ("9", 1)])).await;
        let short = json!({"orderId": 2, "short": ["2", "9"]});
        assert_eq!((left(&store).await, told(&db).await.1), ([1, 0], short.clone()));
        // Lines of one book count together.
        hear(&receiver, "OrderPlaced", 3, placed(&[("1", 1), ("1", 1)])).await;
        assert_eq!((left(&store).await, told(&db).await.1), ([1, 0], json!({"orderId": 3, "short": ["1"]})));
        // Asked again it says the same, and does nothing.
        hear(&receiver, "OrderPlaced", 2, placed(&[("1", 1)])).await;
        assert_eq!((left(&store).await, told(&db).await.1), ([1, 0], short));
        hear(&receiver, "OrderPlaced", 1, placed(&[("1", 1)])).await;
        assert_eq!((left(&store).await, told(&db).await.0.last().unwrap().as_str()), ([1, 0], "StockCreated"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_aside_is_given_back_once_and_not_taken_when_that_was_heard_first() {
    on_each(async |database| {
        let (store, receiver, db) = shop(&database).await;
        hear(&receiver, "OrderPlaced", 1, placed(&[("1", 2)])).await;
        let version = async || store.find(&isbn("1"), Columns::ALL).await.unwrap().unwrap().version;
        let before = version().await;
        for kind in ["OrderFailed", "OrderCancelled", "OrderFailed"] {
            hear(&receiver, kind, 1, json!({})).await;
            assert_eq!(left(&store).await, [3, 3], "{kind}");
        }
        assert_ne!(before, version().await, "a client would keep the quantity");
        hear(&receiver, "OrderCancelled", 2, json!({})).await;
        hear(&receiver, "OrderPlaced", 2, placed(&[("1", 2)])).await;
        assert_eq!((left(&store).await, told(&db).await.0), ([3, 3], vec!["StockCreated".to_owned()]));
        // A book that is gone has no stock, and the others get theirs back.
        hear(&receiver, "OrderPlaced", 3, placed(&[("1", 1), ("2", 1)])).await;
        store.remove(&isbn("1"), None).await.unwrap();
        hear(&receiver, "OrderFailed", 3, json!({})).await;
        let row = store.find(&isbn("2"), Columns::ALL).await.unwrap().unwrap();
        assert_eq!(row.quantity, Some(3));
    })
    .await;
}
