//! Migrations, also when several processes start at once.

use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use store::{Db, Migrations, migrate, read, write};
use testkit::{Database, Kind};

const BOOKS: Migrations = store::migrations!("books", "../../migrations/books/mysql", "../../migrations/books/sqlite");

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_apply_each_step_once() {
    let steps =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/books/mysql")).unwrap().count();
    for kind in Kind::ALL {
        let database = Database::new(kind);
        let url: store::DatabaseUrl = database.url().parse().unwrap();
        let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(migrate_owned(url.clone()))).collect();
        let mut applied = 0;
        for task in tasks {
            applied += task.await.unwrap();
        }
        assert_eq!(applied, steps, "on {kind:?}");
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

#[tokio::test(flavor = "multi_thread")]
async fn rows_from_before_there_were_versions_get_one() {
    for kind in Kind::ALL {
        let database = Database::new(kind);
        let url: store::DatabaseUrl = database.url().parse().unwrap();
        migrate(&url, BOOKS).await.unwrap();
        let db = Db::open(&url).unwrap();
        // Back to the state before versions, with a book in it.
        let of_sellers: &[&str] = match kind {
            Kind::Sqlite => &["DROP INDEX books_by_seller", "ALTER TABLE books DROP COLUMN seller"],
            Kind::MariaDb => &[include_str!("../../../../migrations/books/mysql/2026-11-27-000005_sellers/down.sql")],
        };
        let others = [
            include_str!("../../../../migrations/books/sqlite/2026-11-22-000002_versions/down.sql"),
            include_str!("../../../../migrations/books/sqlite/2026-11-22-000003_idempotency_keys/down.sql"),
            "DROP TABLE book_words",
            "DROP TABLE book_words_due",
            "DROP TABLE book_orders",
            "DROP TABLE books_to_tell",
            "DELETE FROM __diesel_schema_migrations WHERE version > '20261122000001'",
            "INSERT INTO books VALUES ('1', '1', 'T', 'A', 'D', 'G', 1, 1)",
        ];
        for sql in of_sellers.iter().copied().chain(others) {
            write!(&db, |connection| diesel::sql_query(sql).execute(connection).await).await.unwrap();
        }
        assert_eq!(migrate(&url, BOOKS).await.unwrap().len(), 5, "on {kind:?}");
        let version = diesel::dsl::sql::<BigInt>("(SELECT version FROM books)");
        let version = read!(&db, |connection| diesel::select(version.clone()).get_result::<i64>(connection).await);
        assert!(version.await.unwrap() > 0, "on {kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_for_its_owner_and_never_for_everybody() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("books.db");
    let url = format!("sqlite://{}", file.display()).parse().unwrap();
    let mode = |end: &str| {
        let file = format!("{}{end}", file.display());
        std::fs::metadata(file).unwrap().permissions().mode() & 0o777
    };
    migrate(&url, BOOKS).await.unwrap();
    let db = Db::open(&url).unwrap();
    let wrote = write!(&db, |connection| diesel::sql_query("DELETE FROM books").execute(connection).await);
    wrote.await.unwrap();
    assert_eq!((mode(""), mode("-wal")), (0o600, 0o600));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    migrate(&url, BOOKS).await.unwrap();
    assert_eq!(mode(""), 0o640, "a group that was let in stays in");
}
