//! The saga as data: its picture, what it never does, orders whose step is late, and rows that are made anew.

use std::path::Path;
use std::time::Duration;

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use orders::history::{Created, Entry, Order};
use orders::order::{CustomerType, Market};
use orders::saga::{MOVES, On, Payment, STEPS, Status, Tells, picture};
use orders::store::OrderStore;
use store::{Db, write};
use testkit::Kind;

use super::kit::{all_is_in_order, count, once, once_it, order, paid_by, place, shelve, stock};
use crate::kit::{Bookstore, on_each};

async fn run(db: &Db, sql: &str) {
    write!(db, |connection| sql_query(sql).execute(connection).await).await.unwrap();
}

#[test]
fn the_picture_is_that_of_the_data() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ARCHITECTURE.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once("```mermaid\n").unwrap();
    let (drawn, after) = rest.split_once("```").unwrap();
    if drawn != picture() && std::env::var_os("UPDATE_SAGA").is_some() {
        return std::fs::write(&file, format!("{before}```mermaid\n{}```{after}", picture())).unwrap();
    }
    assert_eq!(drawn, picture(), "draw it anew: UPDATE_SAGA=1 cargo test -p bookstore --test it picture");
}

fn created() -> Created {
    Created {
        account: "a".into(),
        name: "n".into(),
        email: "e".into(),
        phone: "p".into(),
        street: "s".into(),
        city: "c".into(),
        customer_type: CustomerType::B2C,
        market: Market::Us,
        products: Vec::new(),
        total_price: 1,
        local_price: 1,
        payment_method_id: None,
        org_number: None,
        test_id: 0,
    }
}

#[test]
fn whatever_is_heard_in_whatever_order_an_order_never_goes_on_without_money_nor_comes_back() {
    let all: Vec<On> = MOVES.iter().map(|one| one.on).collect();
    for seed in 0..20_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut order, mut placed, mut ended) = (Order::new(1, created(), 0), 0, 0);
        for at in 1..20 {
            let (before, on) = (order.clone(), all[random.usize(..all.len())]);
            let told = order.next(on).and_then(|next| next.tells);
            order.apply(&Entry::Moved { on, reason: None, delivery_time: None }, at);
            placed += usize::from(told == Some(Tells::Placed));
            ended += usize::from(matches!(told, Some(Tells::Failed | Tells::Cancelled | Tells::Completed)));
            let about = format!("seed {seed}: {on:?} led from {before:?} to {order:?}");
            let goes_on = matches!(order.status, Status::Placed | Status::Stocked | Status::DeliveryBooked);
            assert!(!goes_on || matches!(order.payment, Payment::Paid | Payment::Invoiced), "{about}");
            let over = |status: Status| status.step().is_none();
            assert!(!over(before.status) || before.status == order.status, "{about}");
            assert!(placed <= 1 && ended <= 1, "{about}: told twice");
        }
    }
}

#[test]
fn each_step_can_be_done_fail_be_cancelled_and_take_too_long() {
    for step in STEPS {
        let from: Vec<_> = MOVES.iter().filter(|one| one.at == step.at).collect();
        assert!(from.iter().any(|one| one.to.step().is_some() || one.to == Status::DeliveryBooked), "{}", step.name);
        for on in [On::TooLate, On::CancelledByBuyer] {
            let end = from.iter().find(|one| one.on == on).unwrap_or_else(|| panic!("{} has no {on:?}", step.name));
            assert!(end.to.step().is_none() && end.tells.is_some(), "{}: {on:?}", step.name);
        }
        assert!(step.again_after < step.limit, "{}", step.name);
    }
    for status in Status::ALL {
        assert_eq!(Status::named(status.name()), Some(status));
    }
    for payment in Payment::ALL {
        assert_eq!(Payment::named(payment.name()), Some(payment));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_step_is_late_is_told_again_and_at_last_fails() {
    on_each(async |store| {
        shelve(store, "1", 10).await;
        let (app, orders, books) = (store.app("Web"), store.db("orders"), store.db("books"));
        // What was told of it is lost: as if books had never heard of it.
        let id = place(&app, &order("1", 1)).await;
        once(&app, id, &["STOCKED"]).await;
        run(&books, &format!("DELETE FROM book_orders WHERE order_id = {id}")).await;
        run(&books, "UPDATE books SET quantity = 10").await;
        run(&orders, &format!("UPDATE orders SET status = 'PLACED', due_at = 1 WHERE order_id = {id}")).await;
        once(&app, id, &["STOCKED"]).await;
        assert_eq!(stock(store, "1").await, 9, "it was told again, and has its effect once");
        // One that nobody pays in time.
        let id = place(&app, &paid_by("pm_card_timeout")).await;
        run(&orders, &format!("UPDATE orders SET due_at = 1, changed_at = 1 WHERE order_id = {id}")).await;
        let failed = once(&app, id, &["FAILED"]).await;
        assert_eq!(failed["reason"], "ProcessPayment took too long.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_made_anew_of_the_history() {
    on_each(async |store| {
        shelve(store, "1", 10).await;
        let (app, db) = (store.app("Web"), store.db("orders"));
        let id = place(&app, &order("1", 1)).await;
        let before = once(&app, id, &["STOCKED"]).await;
        let other = place(&app, &paid_by("pm_card_chargeDeclined")).await;
        once(&app, other, &["FAILED"]).await;
        let orders = OrderStore::new(db.clone(), events::Outbox::nowhere("orders"));
        let rebuilt = orders.rebuild().await.unwrap();
        assert_eq!((rebuilt.orders, rebuilt.differed, rebuilt.unsound), (2, 0, 0));
        run(&db, &format!("UPDATE orders SET status = 'FAILED', customer_city = 'Xandar' WHERE order_id = {id}")).await;
        run(&db, &format!("DELETE FROM orders WHERE order_id = {other}")).await;
        assert_eq!(orders.rebuild().await.unwrap().differed, 2);
        assert_eq!(app.get(&format!("/orders/{id}")).await.json(), before);
        assert_eq!(app.get(&format!("/orders/{other}")).await.json()["status"], "FAILED");
        assert_eq!(orders.rebuild().await.unwrap().differed, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_accounts_orders_are_cancelled_and_name_nobody_in_their_history_neither() {
    on_each(async |store| {
        shelve(store, "1", 10).await;
        let person = store.person("Web", graph_host::identity::Role::Buyer, "quill@example.com").await;
        let id = place(&person.app, &order("1", 2)).await;
        once(&person.app, id, &["STOCKED"]).await;
        assert_eq!(person.app.delete(&format!("/accounts/{}", person.id)).await.status, 204);
        let admin = store.app("Web");
        let order = once_it(&admin, id, |order| order["customerName"] == "removed").await;
        assert_eq!(order["status"], "CANCELLED");
        once_it(&admin, id, |order| order["paymentStatus"] == "REFUNDED").await;
        for (service, sql) in [
            ("orders", "SELECT COUNT(*) AS n FROM order_history WHERE data LIKE ?"),
            ("orders", "SELECT COUNT(*) AS n FROM orders WHERE customer_name LIKE ?"),
            ("delivery", "SELECT COUNT(*) AS n FROM deliveries WHERE name LIKE ?"),
        ] {
            let started = std::time::Instant::now();
            while count(&store.db(service), sql, "%Quill%").await > 0 {
                assert!(started.elapsed() < crate::process::PATIENCE, "{service} names them: {sql}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        all_is_in_order(store).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn books_that_were_there_before_anybody_heard_of_them_can_be_ordered() {
    let store = Bookstore::open(Kind::Sqlite).await;
    shelve(&store, "1", 10).await;
    let app = store.app("Web");
    assert_eq!(app.delete("/books/1").await.status, 204);
    let started = std::time::Instant::now();
    while app.post("/orders", &order("1", 1)).await.status != 404 {
        assert!(started.elapsed() < crate::process::PATIENCE, "a book that is gone is sold");
    }
    // As an older version left it: a book, and nobody was told.
    let (books, orders) = (store.db("books"), store.db("orders"));
    run(&books, "INSERT INTO books VALUES ('7', '7', 'T', 'A', 'D', 'G', 700, 5, 1, NULL)").await;
    run(&books, "REPLACE INTO books_to_tell VALUES (1, '')").await;
    run(&orders, "DELETE FROM offers").await;
    let outbox = events::Outbox::new("books", &bookstore::settings::within());
    let stop = tokio_util::sync::CancellationToken::new();
    books::store::tell_all(books::store::BookStore::new(books.clone(), outbox), stop).await;
    super::kit::known(&store, "7").await;
    assert_eq!(count(&books, "SELECT COUNT(*) AS n FROM books_to_tell WHERE behind <> ?", "x").await, 0);
}
