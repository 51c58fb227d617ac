//! Requests with an idempotency key, on a SQLite file and on a private MariaDB.

use std::time::Duration;

use books::book::NewBook;
use books::store::{BookRow, BookStore, Columns, Filter};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use graph_host::idempotency_key::IdempotencyKey;
use store::{Added, Db, KeyedRequest, StoreError, read, transaction, write};
use testkit::{Database, MariaDb};

use crate::kit::{added, book, isbn, on_each, open};

fn request(subject: &str, key: &str, book: &NewBook) -> KeyedRequest {
    let key = IdempotencyKey::try_new(key).unwrap();
    KeyedRequest::new(subject, "createBook", &key, &BookRow::from(book)).unwrap()
}

async fn add(store: &BookStore, key: &str, book: &NewBook) -> Added<BookRow> {
    store.add(book, Some(&request("starlord", key, book))).await.unwrap()
}

/// How many rows a table has.
async fn rows(database: &Database, table: &str) -> i64 {
    let db = Db::open(&database.url().parse().unwrap()).unwrap();
    let count = diesel::dsl::sql::<BigInt>(&format!("(SELECT COUNT(*) FROM {table})"));
    read!(&db, |connection| diesel::select(count.clone()).get_result::<i64>(connection).await).await.unwrap()
}

async fn run(database: &Database, sql: &str) {
    let db = Db::open(&database.url().parse().unwrap()).unwrap();
    write!(&db, |connection| diesel::sql_query(sql).execute(connection).await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_is_given_again_whatever_became_of_the_book() {
    on_each(async |database| {
        let (store, restarted) = (open(database.url()).await, open(database.url()).await);
        let first = add(&store, "k", &book("1", "A")).await;
        assert!(matches!(&first, Added::New(row) if row.version.is_some()));
        assert_eq!(add(&restarted, "k", &book("1", "A")).await, first);
        store.replace(&book("1", "B"), None).await.unwrap();
        assert_eq!(add(&restarted, "k", &book("1", "A")).await, first);
        store.remove(&isbn("1"), None).await.unwrap();
        assert_eq!(add(&restarted, "k", &book("1", "A")).await, first);
        assert_eq!(store.count(&Filter::default()).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_given_again_too() {
    on_each(async |database| {
        let store = open(database.url()).await;
        added(&store, &book("1", "A")).await;
        assert_eq!(add(&store, "k", &book("1", "B")).await, Added::Taken);
        store.remove(&isbn("1"), None).await.unwrap();
        assert_eq!(add(&store, "k", &book("1", "B")).await, Added::Taken);
        assert!(matches!(add(&store, "k2", &book("1", "B")).await, Added::New(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_input_is_refused_and_another_subject_has_keys_of_its_own() {
    on_each(async |database| {
        let store = open(database.url()).await;
        add(&store, "k", &book("1", "A")).await;
        for other in [book("2", "A"), book("1", "B"), book("1-", "A")] {
            assert_eq!(add(&store, "k", &other).await, Added::KeyReused);
        }
        let gamora = store.add(&book("2", "A"), Some(&request("gamora", "k", &book("2", "A")))).await.unwrap();
        assert!(matches!(gamora, Added::New(_)));
        assert_eq!(store.count(&Filter::default()).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_make_one_book_and_get_one_answer() {
    on_each(async |database| {
        for round in 0..5 {
            let new = book(&round.to_string(), "A");
            let mut all = tokio::task::JoinSet::new();
            for _ in 0..20 {
                let (store, new) = (open(database.url()).await, new.clone());
                all.spawn(async move { add(&store, &format!("k{round}"), &new).await });
            }
            let answers = all.join_all().await;
            assert!(matches!(answers[0], Added::New(_)));
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        }
        assert_eq!((rows(&database, "books").await, rows(&database, "idempotency_keys").await), (5, 5));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_first_one_fails_one_of_those_who_waited_takes_its_place() {
    on_each(async |database| {
        let store = open(database.url()).await;
        let db = Db::open(&database.url().parse().unwrap()).unwrap();
        let (new, claimed) = (book("1", "A"), tokio::sync::Notify::new());
        let first = request("starlord", "k", &new);
        let fails = transaction!(&db, |connection| {
            first.claim::<()>((&mut *connection).into()).await?;
            claimed.notify_one();
            tokio::time::sleep(Duration::from_millis(300)).await;
            Err::<(), _>(diesel::result::Error::NotFound)
        });
        let others = async {
            claimed.notified().await;
            let mut all = tokio::task::JoinSet::new();
            for _ in 0..10 {
                let (store, new) = (store.clone(), new.clone());
                all.spawn(async move { add(&store, "k", &new).await });
            }
            all.join_all().await
        };
        let (failed, answers): (Result<(), StoreError>, _) = tokio::join!(fails, others);
        assert!(failed.is_err());
        assert!(matches!(answers[0], Added::New(_)));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_expire_and_each_new_one_removes_a_few() {
    on_each(async |database| {
        let store = open(database.url()).await;
        for n in 0..40 {
            add(&store, &format!("k{n}"), &book(&n.to_string(), "A")).await;
        }
        assert_eq!(add(&store, "k7", &book("7", "B")).await, Added::KeyReused);
        run(&database, "UPDATE idempotency_keys SET expires_at = 1").await;
        assert_eq!(add(&store, "k7", &book("7", "B")).await, Added::Taken, "the key is as good as new");
        assert_eq!(add(&store, "k7", &book("7", "A")).await, Added::KeyReused);
        assert_eq!(rows(&database, "idempotency_keys").await, 40 - 16);
        add(&store, "new", &book("100", "A")).await;
        add(&store, "newer", &book("101", "A")).await;
        assert_eq!(rows(&database, "idempotency_keys").await, 3, "what is not expired stays");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_a_book_and_its_words_are_two_statements() {
    let server = MariaDb::start();
    server.run("CREATE DATABASE logged");
    let store = open(&server.url("logged")).await;
    added(&store, &book("1", "A")).await;
    let new = book("2", "A");
    let (_, statements) = server.statements_of(store.add(&new, None)).await;
    let expected = ["BEGIN", "INSERT INTO `books`", "INSERT IGNORE INTO book_words", "COMMIT"];
    assert!(statements.len() == 4, "{statements:?}");
    assert!(statements.iter().zip(expected).all(|(sql, begins)| sql.starts_with(begins)), "{statements:?}");
    let (_, statements) = server.statements_of(store.replace(&new, Some(&[1]))).await;
    assert!(statements[1].starts_with("UPDATE `books` SET") && statements[1].contains("`version` IN (1)"));
    let found = store.find(&isbn("2"), Columns { title: true, ..Columns::default() }).await.unwrap();
    assert_eq!(found.unwrap().version, None, "nobody asked for the version");
}
