//! Reads from a replica that follows, lags, and goes away.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{DatabaseUrl, Db, read, write};
use testkit::MariaDb;

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

/// A row that only the replica has.
const MARKER: i64 = -1;

/// A primary and its replica, with a table of which the replica has [`MARKER`] beside what it got.
fn servers() -> (MariaDb, MariaDb) {
    let primary = MariaDb::start_with(&["--log-bin=log", "--server-id=1"]);
    let replica = MariaDb::start_with(&["--server-id=2"]);
    primary.replicate_to(&replica);
    primary.run("CREATE DATABASE books; CREATE TABLE books.things (id BIGINT NOT NULL PRIMARY KEY)");
    let position = primary.run("SELECT @@GLOBAL.gtid_binlog_pos");
    let caught_up = replica.run(&format!("SELECT MASTER_GTID_WAIT('{}', 30)", position.trim()));
    assert_eq!(caught_up.trim(), "0", "{}", replica.run("SHOW SLAVE STATUS"));
    replica.run(&format!("INSERT INTO books.things VALUES ({MARKER})"));
    (primary, replica)
}

fn open(primary: &MariaDb, replica: &str) -> Db {
    let primary: DatabaseUrl = primary.url("books").parse().unwrap();
    Db::open(&primary.with_replica(replica.parse().unwrap()).unwrap()).unwrap()
}

async fn add(db: &Db, id: i64) {
    let row = things::id.eq(id);
    write!(db, |connection| diesel::insert_into(things::table).values(row).execute(connection).await).await.unwrap();
}

async fn has(db: &Db, id: i64) -> bool {
    let query = things::table.filter(things::id.eq(id)).count();
    read!(db, |connection| query.get_result::<i64>(connection).await).await.unwrap() == 1
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_after_a_write_sees_it() {
    let (primary, replica) = servers();
    // Two processes, as far as the databases can tell.
    let (one, other) = (open(&primary, &replica.url("books")), open(&primary, &replica.url("books")));
    assert!(has(&one, MARKER).await && has(&other, MARKER).await, "reads go to the replica");
    for id in 0..100 {
        add(&one, id).await;
        assert!(has(&other, id).await && has(&one, id).await, "row {id}");
    }
    assert!(has(&one, MARKER).await, "still from the replica");

    replica.run("STOP SLAVE SQL_THREAD");
    assert!(has(&other, MARKER).await, "it has all there is");
    for id in 100..110 {
        add(&one, id).await;
        assert!(has(&other, id).await && has(&one, id).await, "row {id}, which the replica does not have");
        assert!(!has(&other, MARKER).await, "from the primary");
    }
    replica.run("START SLAVE SQL_THREAD");
    let mut again = false;
    for _ in 0..100 {
        again = again || has(&one, MARKER).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        if again {
            break;
        }
    }
    assert!(again, "reads go to the replica again once it has caught up");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_reads_at_once_see_what_was_written_before_them() {
    let (primary, replica) = servers();
    let db = open(&primary, &replica.url("books"));
    let clients: Vec<_> = (0..20)
        .map(|client| {
            let db = db.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    add(&db, client * 1000 + n).await;
                    assert!(has(&db, client * 1000 + n).await);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_away_is_done_without() {
    let (primary, replica) = servers();
    let db = open(&primary, &replica.url("books"));
    assert!(has(&db, MARKER).await);
    drop(replica);
    for id in 0..5 {
        add(&db, id).await;
        assert!(has(&db, id).await);
    }
    let never = open(&primary, "mysql://nobody:nothing@127.0.0.1:1/books");
    assert!(has(&never, 0).await);
    let unlogged = MariaDb::start();
    unlogged.run("CREATE DATABASE books; CREATE TABLE books.things (id BIGINT NOT NULL PRIMARY KEY)");
    let db = open(&unlogged, &primary.url("books"));
    assert!(!has(&db, 0).await, "without a binary log nobody knows how far the other is");
    let file: DatabaseUrl = "sqlite://books.db".parse().unwrap();
    assert!(file.with_replica(primary.url("books").parse().unwrap()).is_err());
}
