//! The customer store on a SQLite file and on a private MariaDB.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use customers::customer::{Draft, NewCustomer, UserId};
use customers::store::{Columns, CustomerRow, CustomerStore, Key, MIGRATIONS, Range, Replaced};
use store::{Db, migrate};
use testkit::{Database, Kind};

/// Runs a test on an empty store of each kind.
async fn on_each(test: impl AsyncFn(CustomerStore)) {
    for kind in Kind::ALL {
        let database = Database::new(kind);
        println!("on {kind:?}");
        let url = database.url().parse().unwrap();
        migrate(&url, MIGRATIONS).await.unwrap();
        test(CustomerStore::new(Db::open(&url).unwrap())).await;
    }
}

fn customer(user_id: &str, address2: Option<&str>) -> NewCustomer {
    NewCustomer::try_new(Draft {
        user_id: user_id.into(),
        name: "Drax".into(),
        phone: "+1-412-555-0123".into(),
        address: "1 Milano Way".into(),
        address2: address2.map(str::to_owned),
        city: "Pittsburgh".into(),
        state: "PA".into(),
        zipcode: "15213".into(),
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found_by_number_and_by_user_id_in_any_case() {
    on_each(async |store| {
        let drax = customer("Drax@example.com", None);
        let id = store.add(&drax).await.unwrap().unwrap();
        let expected = Some(CustomerRow::of(id, drax));
        assert_eq!(store.find(Key::Id(id), Columns::ALL).await.unwrap(), expected);
        let user_id = UserId::try_new("dRAX@EXAMPLE.com").unwrap();
        assert_eq!(store.find(Key::UserId(&user_id), Columns::ALL).await.unwrap(), expected);
        assert_eq!(store.find(Key::Id(id + 1), Columns::ALL).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_given_once() {
    on_each(async |store| {
        let first = store.add(&customer("a@example.com", None)).await.unwrap().unwrap();
        let second = store.add(&customer("b@example.com", None)).await.unwrap().unwrap();
        assert!(second > first);
        assert!(store.remove(second).await.unwrap());
        assert!(!store.remove(second).await.unwrap());
        let third = store.add(&customer("b@example.com", None)).await.unwrap().unwrap();
        assert!(third > second);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_id_that_is_taken_is_refused_also_by_an_update() {
    on_each(async |store| {
        store.add(&customer("a@example.com", None)).await.unwrap();
        let b = store.add(&customer("b@example.com", None)).await.unwrap().unwrap();
        assert_eq!(store.add(&customer("A@example.com", None)).await.unwrap(), None);
        assert_eq!(store.replace(b, &customer("a@EXAMPLE.com", None)).await.unwrap(), Replaced::Taken);
        assert_eq!(store.replace(b, &customer("B@example.com", None)).await.unwrap(), Replaced::Done);
        assert_eq!(store.replace(b + 7, &customer("c@example.com", None)).await.unwrap(), Replaced::NotFound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_line_of_an_address_can_be_taken_away() {
    on_each(async |store| {
        let id = store.add(&customer("a@example.com", Some("Apt 4"))).await.unwrap().unwrap();
        store.replace(id, &customer("a@example.com", None)).await.unwrap();
        let found = store.find(Key::Id(id), Columns::ALL).await.unwrap().unwrap();
        assert_eq!(found.address2, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_in_both_directions() {
    on_each(async |store| {
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            ids.push(store.add(&customer(&format!("{name}@example.com"), None)).await.unwrap());
        }
        let all = Range { after: None, before: None, backward: false, rows: 2 };
        let page = async |range| store.list(range, Columns::default()).await.unwrap();
        let numbers = |rows: Vec<CustomerRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(numbers(page(all).await), ids[..2]);
        assert_eq!(numbers(page(Range { after: ids[1], ..all }).await), ids[2..]);
        assert_eq!(numbers(page(Range { backward: true, ..all }).await), [ids[2], ids[1]]);
        assert_eq!(numbers(page(Range { backward: true, before: ids[1], ..all }).await), ids[..1]);
        assert_eq!(store.count().await.unwrap(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_empty_store_is_filled() {
    on_each(async |store| {
        let sample = [customer("a@example.com", None), customer("b@example.com", None)];
        assert!(store.fill_if_empty(&sample).await.unwrap());
        assert!(!store.fill_if_empty(&sample).await.unwrap());
        assert_eq!(store.count().await.unwrap(), 2);
    })
    .await;
}
