//! A connection that cannot be trusted never goes back to the pool.

use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use graph_host::deadline::Deadline;
use store::{Db, StoreError, read, retried, transaction, write};
use testkit::{Database, Kind};

use self::table::things;

/// A table to try things on.
#[allow(missing_docs, reason = "generated")]
mod table {
    diesel::table! {
        things (id) {
            id -> BigInt,
        }
    }
}

async fn with_table(kind: Kind) -> (Database, Db) {
    let database = Database::new(kind);
    let db = Db::open(&database.url().parse().unwrap()).unwrap();
    let create = "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY)";
    write!(&db, |connection| diesel::sql_query(create).execute(connection).await).await.unwrap();
    (database, db)
}

async fn add(db: &Db, id: i64) -> Result<usize, StoreError> {
    write!(db, |connection| { diesel::insert_into(things::table).values(things::id.eq(id)).execute(connection).await })
        .await
}

async fn count(db: &Db) -> Result<i64, StoreError> {
    read!(db, |connection| things::table.count().get_result::<i64>(connection).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_meets_a_dead_connection_with_a_new_one() {
    let (database, db) = with_table(Kind::MariaDb).await;
    for _ in 0..3 {
        testkit::MariaDb::shared().cut_connections(database.name());
        assert_eq!(count(&db).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_over_a_connection_that_lay_idle_asks_first() {
    let (database, db) = with_table(Kind::MariaDb).await;
    add(&db, 1).await.unwrap();
    testkit::MariaDb::shared().cut_connections(database.name());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(add(&db, 2).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_cut_off_half_way_does_not_answer_the_next_one() {
    let (_database, db) = with_table(Kind::MariaDb).await;
    for _ in 0..20 {
        let slow = read!(&db, |connection| {
            diesel::select(sql::<BigInt>("SLEEP(0.05) + 42")).get_result::<i64>(connection).await
        });
        let cut_off = tokio::time::timeout(Duration::from_millis(5), slow).await;
        assert!(cut_off.is_err(), "the slow query was not slow");
        assert_eq!(count(&db).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_cut_off_half_way_leaves_nothing_and_blocks_nobody() {
    for kind in Kind::ALL {
        let (_database, db) = with_table(kind).await;
        let slow = transaction!(&db, |connection| {
            diesel::insert_into(things::table).values(things::id.eq(1)).execute(connection).await?;
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok::<_, diesel::result::Error>(())
        });
        assert!(tokio::time::timeout(Duration::from_millis(300), slow).await.is_err());
        assert_eq!(add(&db, 1).await.unwrap(), 1, "on {kind:?}");
        assert_eq!(count(&db).await.unwrap(), 1, "on {kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_taken_back_is_tried_again() {
    let (_database, db) = with_table(Kind::MariaDb).await;
    // What a deadlock or a node of Galera says, the first two times.
    for sql in [
        "CREATE SEQUENCE tries",
        "CREATE TRIGGER taken_back BEFORE INSERT ON things FOR EACH ROW IF NEXTVAL(tries) < 3 THEN \
            SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, \
            MESSAGE_TEXT = 'Deadlock found when trying to get lock; try restarting transaction'; END IF",
    ] {
        write!(&db, |connection| diesel::sql_query(sql).execute(connection).await).await.unwrap();
    }
    assert_eq!(add(&db, 1).await.unwrap(), 1);
    assert_eq!(count(&db).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_transaction_leaves_nothing() {
    for kind in Kind::ALL {
        let (_database, db) = with_table(kind).await;
        let failed: Result<(), StoreError> = transaction!(&db, |connection| {
            diesel::insert_into(things::table).values(things::id.eq(1)).execute(connection).await?;
            Err(diesel::result::Error::RollbackTransaction)
        })
        .await;
        assert!(failed.is_err());
        assert_eq!(count(&db).await.unwrap(), 0, "on {kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_told_apart_from_a_failure() {
    for kind in Kind::ALL {
        let (_database, db) = with_table(kind).await;
        add(&db, 1).await.unwrap();
        let error = add(&db, 1).await.unwrap_err();
        assert!(error.is_duplicate() && !error.lost_connection(), "on {kind:?}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_a_conflict_and_leaves_a_sound_connection() {
    let (_database, db) = with_table(Kind::MariaDb).await;
    add(&db, 1).await.unwrap();
    add(&db, 2).await.unwrap();
    let both = tokio::sync::Barrier::new(2);
    let crossing = async |first: i64, second: i64| -> Result<(), StoreError> {
        transaction!(&db, |connection| {
            diesel::update(things::table.find(first)).set(things::id.eq(first + 10)).execute(connection).await?;
            both.wait().await;
            diesel::update(things::table.find(second)).set(things::id.eq(second + 20)).execute(connection).await?;
            Ok::<_, diesel::result::Error>(())
        })
        .await
    };
    let (one, other) = tokio::join!(crossing(1, 2), crossing(2, 1));
    let error = one.as_ref().err().or(other.as_ref().err()).expect("one of the two gives way");
    assert!(one.is_ok() || other.is_ok());
    assert!(error.is_conflict() && !error.lost_connection(), "{error:?}");
    assert_eq!(count(&db).await.unwrap(), 2);
}

async fn connection_id(db: &Db) -> i64 {
    read!(db, |connection| diesel::select(sql::<BigInt>("CONNECTION_ID()")).get_result::<i64>(connection).await)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_ends_with_the_deadline_of_its_request_and_its_connection_stays() {
    let (_database, db) = with_table(Kind::MariaDb).await;
    let before = connection_id(&db).await;
    let slow =
        read!(&db, |connection| { diesel::select(sql::<BigInt>("SLEEP(20)")).get_result::<i64>(connection).await });
    let late = Deadline::within(Duration::from_millis(200)).scope(slow).await.unwrap_err();
    assert!(late.is_late(), "{late:?}");
    assert_eq!(connection_id(&db).await, before);
    // The next one has all the time again.
    let slow = read!(&db, |connection| {
        diesel::select(sql::<BigInt>("SLEEP(0.5) + 7")).get_result::<i64>(connection).await
    });
    assert_eq!(slow.await.unwrap(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_lock_or_a_connection_beyond_the_deadline() {
    let (_database, db) = with_table(Kind::MariaDb).await;
    add(&db, 1).await.unwrap();
    let holds = transaction!(&db, |connection| {
        diesel::update(things::table.find(1)).set(things::id.eq(2)).execute(connection).await?;
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok::<_, diesel::result::Error>(())
    });
    let waits = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let remove = retried!(&db, |connection| diesel::delete(things::table.find(1)).execute(connection).await);
        Deadline::within(Duration::from_millis(300)).scope(remove).await.unwrap_err()
    };
    let late = tokio::select! { _ = holds => panic!("it holds the lock for a minute"), late = waits => late };
    assert!(late.is_late(), "{late:?}");

    let all = futures_util::future::join_all((0..16).map(|_| {
        read!(&db, |connection| { diesel::select(sql::<BigInt>("SLEEP(60)")).get_result::<i64>(connection).await })
    }));
    let waits = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Deadline::within(Duration::from_millis(100)).scope(count(&db)).await.unwrap_err()
    };
    let late = tokio::select! { _ = all => panic!("they sleep for a minute"), late = waits => late };
    assert!(matches!(late, StoreError::Late), "{late:?}");
}
