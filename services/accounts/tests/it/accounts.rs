//! Accounts on both databases.

use accounts::account::Role;
use accounts::store::{AccountStore, Changes, Columns, Key, Range, Replaced};
use store::{Added, Guarded};

use crate::kit::{account, add, email, ended, on_each};

const NAMES: Columns = Columns {
    email: true,
    id: false,
    name: false,
    role: false,
    email_verified: false,
    created_at: false,
    version: false,
};

fn changes(address: &str) -> Changes {
    Changes { email: email(address), name: "Raccoon".to_owned(), role: None, password: None }
}

/// The version that an account has now.
async fn version(store: &AccountStore, id: &str) -> i64 {
    let columns = Columns { version: true, ..Columns::default() };
    store.find(Key::Ids(vec![id.to_owned()]), None, columns).await.unwrap()[0].version.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_one_account_in_whatever_case_and_of_any_who_race_one_gets_it() {
    on_each(async |store, _| {
        let racing = (0..12).map(|nth| {
            let store = store.clone();
            let address = if nth % 2 == 0 { "Rocket@example.com" } else { "rocket@EXAMPLE.com" };
            tokio::spawn(async move { store.add(&account(address), Some("hash"), None).await.unwrap() })
        });
        let mut won = 0;
        for one in racing.collect::<Vec<_>>() {
            match one.await.unwrap() {
                Added::New(_) => won += 1,
                other => assert_eq!(other, Added::Taken),
            }
        }
        assert_eq!((won, store.count().await.unwrap()), (1, 1));
        assert!(store.credentials(&email("ROCKET@example.com")).await.unwrap().is_some());
        assert!(store.credentials(&email("groot@example.com")).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_asked_for_is_read_and_only_ones_own_for_an_owner() {
    on_each(async |store, _| {
        let (rocket, groot) = (add(store, "Rocket@example.com").await, add(store, "groot@example.com").await);
        let both = || Key::Ids(vec![rocket.clone(), groot.clone(), "nobody".to_owned()]);
        let rows = store.find(both(), None, NAMES).await.unwrap();
        assert!(
            rows.len() == 2 && rows.iter().all(|row| row.email.is_some() && row.name.is_none() && row.id.is_none())
        );
        let own = store.find(both(), Some(&groot), NAMES).await.unwrap();
        assert_eq!(own.iter().map(|row| row.email.as_deref().unwrap()).collect::<Vec<_>>(), ["groot@example.com"]);
        let by_email = |address: &str| Key::Emails(vec![email(address).key().to_owned()]);
        assert_eq!(store.find(by_email("ROCKET@example.com"), None, NAMES).await.unwrap().len(), 1);
        assert_eq!(store.find(by_email("ROCKET@example.com"), Some(&groot), NAMES).await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_both_ways_from_the_oldest_to_the_latest() {
    on_each(async |store, _| {
        let mut ids = Vec::new();
        for nth in 0..5 {
            ids.push(add(store, &format!("{nth}@example.com")).await);
            // Ids of one millisecond are in no order between processes.
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let page = async |after: Option<usize>, before: Option<usize>, backward| {
            let place = |nth: Option<usize>| nth.map(|nth| ids[nth].clone());
            let range = Range { after: place(after), before: place(before), backward, rows: 2 };
            let rows = store.list(range, Columns::default()).await.unwrap();
            rows.into_iter()
                .map(|row| ids.iter().position(|id| Some(id) == row.id.as_ref()).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(page(None, None, false).await, [0, 1]);
        assert_eq!(page(Some(1), None, false).await, [2, 3]);
        assert_eq!(page(None, None, true).await, [4, 3]);
        assert_eq!(page(None, Some(3), true).await, [2, 1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_meets_its_version_and_another_password_or_role_ends_the_sessions() {
    on_each(async |store, _| {
        let (id, other) = (add(store, "rocket@example.com").await, add(store, "groot@example.com").await);
        assert_eq!(store.replace("nobody", &changes("a@example.com"), None).await.unwrap(), Replaced::NotFound);
        assert_eq!(store.replace(&id, &changes("a@example.com"), Some(&[1])).await.unwrap(), Replaced::Changed);
        assert_eq!(store.replace(&id, &changes("GROOT@example.com"), None).await.unwrap(), Replaced::Taken);
        let session = store.open_session(&id, "a hash").await.unwrap().unwrap();
        assert!(store.open_session(&id, "another hash").await.unwrap().is_none(), "it was changed meanwhile");
        let version = version(store, &id).await;
        let Replaced::Done(row) = store.replace(&id, &changes("r@example.com"), Some(&[version])).await.unwrap() else {
            panic!("it has that version");
        };
        assert_eq!((row.email.as_deref(), row.name.as_deref()), (Some("r@example.com"), Some("Raccoon")));
        assert_eq!(store.sessions(vec![id.clone()]).await.unwrap().len(), 1, "a name ends no session");

        let password = Changes { password: Some("another hash".to_owned()), ..changes("r@example.com") };
        assert!(matches!(store.replace(&id, &password, None).await.unwrap(), Replaced::Done(_)));
        assert_eq!(store.password(&id).await.unwrap().as_deref(), Some("another hash"));
        assert_eq!(ended(store).await, [session.session]);
        store.open_session(&id, "another hash").await.unwrap().unwrap();
        let role = Changes { role: Some(Role::Seller), ..changes("r@example.com") };
        assert!(matches!(store.replace(&id, &role, None).await.unwrap(), Replaced::Done(_)));
        assert_eq!(store.sessions(vec![id.clone()]).await.unwrap(), []);
        assert_eq!(ended(store).await.len(), 2);
        assert_eq!(store.password(&other).await.unwrap().as_deref(), Some("a hash"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_goes_with_all_that_belongs_to_it() {
    on_each(async |store, _| {
        let id = add(store, "rocket@example.com").await;
        let opened = store.open_session(&id, "a hash").await.unwrap().unwrap();
        let version = version(store, &id).await;
        let reset = store.ask_reset(&id).await.unwrap();
        assert_eq!(store.remove(&id, Some(&[1])).await.unwrap(), Guarded::Changed);
        assert_eq!(store.remove(&id, Some(&[version])).await.unwrap(), Guarded::Done(()));
        assert_eq!(store.remove(&id, None).await.unwrap(), Guarded::NotFound);
        assert_eq!(ended(store).await, [opened.session]);
        assert_eq!(store.refresh(&opened.refresh_token).await.unwrap(), accounts::store::Refreshed::Unknown);
        assert_eq!(store.reset_of(&reset).await.unwrap(), None);
        assert!(store.open_session(&id, "a hash").await.unwrap().is_none());
        assert!(matches!(store.add(&account("rocket@example.com"), None, None).await.unwrap(), Added::New(_)));
    })
    .await;
}
