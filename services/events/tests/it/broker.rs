//! A broker that dies, hangs, or brings what is no event.

use std::time::Duration;

use events::{Transport, parked};
use lapin::options::{BasicPublishOptions, ExchangeDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Connection, ConnectionProperties, ExchangeKind};
use testkit::{Kind, RabbitMq};

use crate::kit::{Pair, change};

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_again_and_again_loses_nothing() {
    for kind in Kind::ALL {
        let mut broker = RabbitMq::start();
        let transport = Transport::Amqp(broker.url().parse().unwrap());
        let pair = Pair::open(kind).await;
        let (outbox, running) = pair.start(&transport).await;
        let (db, telling) = (pair.teller.clone(), outbox.clone());
        let told = tokio::spawn(async move {
            for nth in 0..300 {
                // No change is refused, whether the broker is there or not.
                change(&db, &telling, &format!("account-{}", nth % 7)).await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(700)).await;
            broker.kill();
            tokio::time::sleep(Duration::from_millis(300)).await;
            tokio::task::block_in_place(|| broker.start_again());
        }
        told.await.unwrap();
        pair.settle(300).await;
        assert_eq!(pair.assert_in_order().await, 300, "on {kind:?}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_hangs_delays_events_and_nothing_else() {
    let broker = RabbitMq::start();
    let transport = Transport::Amqp(broker.url().parse().unwrap());
    let pair = Pair::open(Kind::Sqlite).await;
    let (outbox, running) = pair.start(&transport).await;
    pair.change(&outbox, "somebody").await.unwrap();
    pair.settle(1).await;
    broker.freeze(true);
    let changed = tokio::time::timeout(Duration::from_secs(2), async {
        for _ in 0..20 {
            pair.change(&outbox, "somebody").await.unwrap();
        }
    });
    changed.await.unwrap();
    // Longer than anybody waits for an answer.
    tokio::time::sleep(Duration::from_secs(12)).await;
    broker.freeze(false);
    pair.settle(21).await;
    assert_eq!(pair.assert_in_order().await, 21);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_event_is_parked_and_the_next_one_is_heard() {
    let broker = RabbitMq::start();
    let transport = Transport::Amqp(broker.url().parse().unwrap());
    let pair = Pair::open(Kind::MariaDb).await;
    let (outbox, running) = pair.start(&transport).await;
    pair.change(&outbox, "somebody").await.unwrap();
    pair.settle(1).await;
    let connection = Connection::connect(&broker.url(), ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let name = "bookstore.events";
    channel.exchange_declare(name.into(), ExchangeKind::Topic, durable, FieldTable::default()).await.unwrap();
    let poison: [&[u8]; 6] = [
        b"",
        b"{}",
        b"\xff\xfe",
        b"[[[[",
        br#"{"specversion":"2.0","id":"1","source":"/x","type":"T","subject":"s","time":"","datacontenttype":"","data":1}"#,
        br#"{"specversion":"1.0","id":"1","source":"/x","type":"Unheard","subject":"s","time":"","datacontenttype":"","data":1}"#,
    ];
    for body in poison {
        let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
        channel.basic_publish(name.into(), "AccountRemoved".into(), options, body, properties).await.unwrap();
    }
    pair.change(&outbox, "somebody").await.unwrap();
    pair.settle(2).await;
    assert_eq!(pair.assert_in_order().await, 2);
    let listed = parked::list(&pair.hearer).await.unwrap();
    assert_eq!(listed.len(), poison.len(), "{listed:?}");
    assert!(listed.iter().all(|event| !event.error.is_empty()), "{listed:?}");
    running.stop().await;
}
