//! An empty store of accounts of each kind, and what is put into it.

use accounts::account::{Draft, Email, NewAccount, Password, Role};
use accounts::store::{AccountStore, MIGRATIONS};
use events::Outbox;
use store::{Added, Db};
use testkit::{Database, Kind};

/// Runs a test on an empty store of each kind.
pub async fn on_each(test: impl AsyncFn(&AccountStore, &Database)) {
    for kind in Kind::ALL {
        println!("on {kind:?}");
        let database = Database::new(kind);
        let url = database.url().parse().unwrap();
        store::migrate(&url, MIGRATIONS).await.unwrap();
        test(&AccountStore::new(Db::open(&url).unwrap(), Outbox::nowhere("accounts")), &database).await;
    }
}

pub fn email(text: &str) -> Email {
    Email::try_new(text).unwrap()
}

pub fn account(email: &str) -> NewAccount {
    let password = Some(Password::claimed("raccoons are fine".to_owned()));
    NewAccount::try_new(Draft { email: email.to_owned(), name: "Rocket".to_owned(), role: None, password }).unwrap()
}

/// Adds an account; gives its id.
pub async fn add(store: &AccountStore, email: &str) -> String {
    match store.add(&account(email), Some("a hash"), None).await.unwrap() {
        Added::New(row) => {
            assert_eq!(row.role.as_deref(), Some(Role::Buyer.name()));
            row.id.unwrap()
        }
        other => panic!("{other:?}"),
    }
}

/// The sessions that ended of late.
pub async fn ended(store: &AccountStore) -> Vec<String> {
    store.ended().await.unwrap().into_iter().map(|(id, _)| id).collect()
}
