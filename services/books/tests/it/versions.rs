//! Changes that depend on the version of a book, on a SQLite file and on a private MariaDB.

use books::store::{BookStore, Columns};
use store::{Guarded, Version};

use crate::kit::{added, book, isbn, on_each, open};

/// The version of the book `1` now.
async fn version(store: &BookStore) -> i64 {
    let columns = Columns { version: true, ..Columns::default() };
    store.find(&isbn("1"), columns).await.unwrap().unwrap().version.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_takes_effect_only_in_one_of_the_versions() {
    on_each(async |database| {
        let store = open(database.url()).await;
        let first = added(&store, &book("1", "A")).await.version.unwrap();
        let other = Version::fresh().unwrap().column();
        for wrong in [&[][..], &[other], &[other, 1, 2]] {
            assert_eq!(store.replace(&book("1", "B"), Some(wrong)).await.unwrap(), Guarded::Changed);
            assert_eq!(store.remove(&isbn("1"), Some(wrong)).await.unwrap(), Guarded::Changed);
            assert_eq!(store.replace(&book("2", "B"), Some(wrong)).await.unwrap(), Guarded::NotFound);
            assert_eq!(store.remove(&isbn("2"), Some(wrong)).await.unwrap(), Guarded::NotFound);
        }
        assert_eq!(version(&store).await, first);
        let done = store.replace(&book("1", "B"), Some(&[other, first])).await.unwrap();
        assert!(matches!(done, Guarded::Done(row) if row.title.as_deref() == Some("B")));
        assert_eq!(store.remove(&isbn("1"), Some(&[first])).await.unwrap(), Guarded::Changed);
        let second = version(&store).await;
        assert_eq!(store.remove(&isbn("1"), Some(&[second])).await.unwrap(), Guarded::Done(()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_was_removed_and_made_again_has_no_version_of_before() {
    on_each(async |database| {
        let store = open(database.url()).await;
        let mut seen = Vec::new();
        for _ in 0..20 {
            seen.push(added(&store, &book("1", "A")).await.version.unwrap());
            assert_eq!(store.replace(&book("1", "A"), Some(&seen[..seen.len() - 1])).await.unwrap(), Guarded::Changed);
            store.remove(&isbn("1"), None).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_one_version_one_takes_effect() {
    on_each(async |database| {
        let (one, other) = (open(database.url()).await, open(database.url()).await);
        added(&one, &book("1", "A")).await;
        for _ in 0..100 {
            let now = [version(&one).await];
            let (b, c) = (book("1", "B"), book("1", "C"));
            let (b, c) = tokio::join!(one.replace(&b, Some(&now)), other.replace(&c, Some(&now)));
            let done = [b, c].into_iter().filter(|outcome| matches!(outcome, Ok(Guarded::Done(_)))).count();
            assert_eq!(done, 1);
        }
    })
    .await;
}
