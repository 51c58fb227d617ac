//! The customer store on a SQLite file and on a private MariaDB.

use customers::customer::{Draft, NewCustomer, UserId};
use customers::store::{Columns, CustomerRow, CustomerStore, Key, MIGRATIONS, Range, Replaced};
use store::{Added, Db, Guarded, migrate};
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

/// Adds a customer and gives the row that was stored.
async fn add(store: &CustomerStore, customer: &NewCustomer) -> CustomerRow {
    match store.add(customer, None).await.unwrap() {
        Added::New(row) => row,
        other => panic!("{other:?}"),
    }
}

/// Adds a customer and gives its number.
async fn number(store: &CustomerStore, customer: &NewCustomer) -> i64 {
    add(store, customer).await.id.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found_by_number_and_by_user_id_in_any_case() {
    on_each(async |store| {
        let drax = customer("Drax@example.com", None);
        let stored = add(&store, &drax).await;
        let id = stored.id.unwrap();
        assert_eq!(CustomerRow { id: None, version: None, ..stored.clone() }, CustomerRow::from(&drax));
        let expected = Some(stored);
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
        let first = number(&store, &customer("a@example.com", None)).await;
        let second = number(&store, &customer("b@example.com", None)).await;
        assert!(second > first);
        assert_eq!(store.remove(second, None).await.unwrap(), Guarded::Done(()));
        assert_eq!(store.remove(second, None).await.unwrap(), Guarded::NotFound);
        let third = number(&store, &customer("b@example.com", None)).await;
        assert!(third > second);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_id_that_is_taken_is_refused_also_by_an_update() {
    on_each(async |store| {
        add(&store, &customer("a@example.com", None)).await;
        let b = number(&store, &customer("b@example.com", None)).await;
        assert_eq!(store.add(&customer("A@example.com", None), None).await.unwrap(), Added::Taken);
        let replace = async |id, user_id| store.replace(id, &customer(user_id, None), None).await.unwrap();
        assert_eq!(replace(b, "a@EXAMPLE.com").await, Replaced::Taken);
        assert!(matches!(replace(b, "B@example.com").await, Replaced::Done(row) if row.id == Some(b)));
        assert_eq!(replace(b + 7, "c@example.com").await, Replaced::NotFound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_line_of_an_address_can_be_taken_away() {
    on_each(async |store| {
        let id = number(&store, &customer("a@example.com", Some("Apt 4"))).await;
        store.replace(id, &customer("a@example.com", None), None).await.unwrap();
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
            ids.push(add(&store, &customer(&format!("{name}@example.com"), None)).await.id);
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
