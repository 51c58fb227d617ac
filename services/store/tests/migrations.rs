//! Migrations, also when several processes start at once.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use store::{Db, Migrations, migrate, read};
use testkit::{Database, Kind};

const BOOKS: Migrations = store::migrations!("books", "../../migrations/books/mysql", "../../migrations/books/sqlite");

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_apply_each_step_once() {
    for kind in Kind::ALL {
        let database = Database::new(kind);
        let url: store::DatabaseUrl = database.url().parse().unwrap();
        let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(migrate_owned(url.clone()))).collect();
        let mut applied = 0;
        for task in tasks {
            applied += task.await.unwrap();
        }
        assert_eq!(applied, 1, "on {kind:?}");
        let db = Db::open(&url).unwrap();
        let count = diesel::dsl::sql::<BigInt>("(SELECT COUNT(*) FROM books)");
        let books = read!(&db, |connection| diesel::select(count.clone()).get_result::<i64>(connection).await);
        assert_eq!(books.await.unwrap(), 0, "on {kind:?}");
    }
}

async fn migrate_owned(url: store::DatabaseUrl) -> usize {
    migrate(&url, BOOKS).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_no_failed_migration() {
    let url = "mysql://nobody:nothing@127.0.0.1:1/books".parse().unwrap();
    let error = migrate(&url, BOOKS).await.unwrap_err();
    assert!(matches!(error, store::StoreError::NoConnection(_)), "{error:?}");
}
