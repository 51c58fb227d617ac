//! What is told is heard: all of it, once, in order.

use diesel::result::Error as QueryError;
use events::{Envelope, Outbox, Running, Transport, changing};
use testkit::{Kind, RabbitMq};

use crate::kit::{Pair, Removed, change, execute, within};

/// Changes by several tasks at the same time, each of accounts that others change as well.
async fn change_much(pair: &Pair, outboxes: &[Outbox], tasks: usize, each: usize) -> usize {
    let work = (0..tasks).map(|task| {
        let (db, outbox) = (pair.teller.clone(), outboxes[task % outboxes.len()].clone());
        tokio::spawn(async move {
            for nth in 0..each {
                change(&db, &outbox, &format!("account-{}", (task + nth) % 7)).await.unwrap();
            }
        })
    });
    for done in work.collect::<Vec<_>>() {
        done.await.unwrap();
    }
    tasks * each
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_once_and_in_order_over_both_transports() {
    let broker = RabbitMq::start();
    for kind in Kind::ALL {
        for transport in [within(), Transport::Amqp(broker.url().parse().unwrap())] {
            println!("on {kind:?} over {transport:?}");
            let pair = Pair::open(kind).await;
            let (outbox, running) = pair.start(&transport).await;
            let told = change_much(&pair, &[outbox], 6, 50).await;
            pair.settle(told).await;
            assert_eq!(pair.assert_in_order().await, told);
            running.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_of_each_do_it_once_and_in_order_too() {
    let broker = RabbitMq::start();
    for transport in [within(), Transport::Amqp(broker.url().parse().unwrap())] {
        println!("over {transport:?}");
        let pair = Pair::open(Kind::MariaDb).await;
        let [(one, first), (other, second)] = [pair.start(&transport).await, pair.start(&transport).await];
        let told = change_much(&pair, &[one, other], 6, 50).await;
        pair.settle(told).await;
        assert_eq!(pair.assert_in_order().await, told);
        // One of them goes, and the other one does all.
        first.stop().await;
        let (third, running) = pair.start(&transport).await;
        let told = told + change_much(&pair, &[third], 2, 20).await;
        pair.settle(told).await;
        assert_eq!(pair.assert_in_order().await, told);
        for process in [second, running] {
            process.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_again_or_in_another_company_has_no_effect() {
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        let [_, hearer] = pair.stations(&Transport::None);
        let removed = |nth: i64| Removed { account: format!("account-{}", nth % 5), n: nth / 5 + 1 };
        let events: Vec<_> = (0..100).map(|nth| Envelope::new("accounts", &removed(nth), None).unwrap()).collect();
        for batch in [&events[..30], &events[10..50], &events[..70], &events[40..], &events[..]] {
            let twice: Vec<_> = batch.iter().chain(batch).cloned().collect();
            hearer.receiver().receive(&twice).await.unwrap();
        }
        // The same from several at once.
        let again: Vec<_> = (0..8)
            .map(|_| {
                let (receiver, events) = (hearer.receiver().clone(), events.clone());
                tokio::spawn(async move { receiver.receive(&events).await })
            })
            .collect();
        for done in again {
            done.await.unwrap().unwrap();
        }
        assert_eq!(pair.assert_in_order().await, 100, "on {kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_hear_the_same_new_events_have_one_effect() {
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        let [_, hearer] = pair.stations(&Transport::None);
        let removed = |nth: i64| Removed { account: format!("account-{nth}"), n: 1 };
        let events: Vec<_> = (0..64).map(|nth| Envelope::new("accounts", &removed(nth), None).unwrap()).collect();
        let all: Vec<_> = (0..4)
            .map(|_| {
                let (receiver, events) = (hearer.receiver().clone(), events.clone());
                tokio::spawn(async move { receiver.receive(&events).await })
            })
            .collect();
        for done in all {
            done.await.unwrap().unwrap();
        }
        assert_eq!(pair.assert_in_order().await, 64, "on {kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_was_never_told() {
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        let (outbox, running) = pair.start(&within()).await;
        let refused = changing!(&pair.teller, &outbox, |connection, out| {
            out.emit(&Removed { account: "nobody".to_owned(), n: 1 })?;
            let _ = connection;
            Err::<(), _>(QueryError::NotFound)
        });
        refused.await.unwrap_err();
        pair.change(&outbox, "somebody").await.unwrap();
        pair.settle(1).await;
        assert_eq!(pair.heard().await, [("somebody".to_owned(), 1)], "on {kind:?}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_transport_nothing_piles_up() {
    let pair = Pair::open(Kind::Sqlite).await;
    let (outbox, running) = pair.start(&Transport::None).await;
    pair.change(&outbox, "somebody").await.unwrap();
    assert_eq!(pair.count(&pair.teller, "outbox").await, 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_before_a_stop_is_heard_after_it() {
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        // Nobody carries it.
        let outbox = pair.stations(&within())[0].outbox().clone();
        for _ in 0..5 {
            pair.change(&outbox, "somebody").await.unwrap();
        }
        assert_eq!(pair.count(&pair.teller, "outbox").await, 5, "on {kind:?}");
        let running: Running = pair.start(&within()).await.1;
        pair.settle(5).await;
        assert_eq!(pair.assert_in_order().await, 5, "on {kind:?}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hearer_whose_database_is_away_hears_it_later() {
    let pair = Pair::open(Kind::MariaDb).await;
    execute(&pair.hearer, "RENAME TABLE inbox TO hidden").await;
    let (outbox, running) = pair.start(&within()).await;
    pair.change(&outbox, "somebody").await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(pair.count(&pair.teller, "outbox").await, 1);
    execute(&pair.hearer, "RENAME TABLE hidden TO inbox").await;
    pair.settle(1).await;
    assert_eq!(pair.assert_in_order().await, 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_transport_left_goes_by_the_other() {
    let broker = RabbitMq::start();
    let by_broker = Transport::Amqp(broker.url().parse().unwrap());
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        for (nth, (before, after)) in [(within(), &by_broker), (by_broker.clone(), &within())].into_iter().enumerate() {
            // Nobody carries it; more than one transaction takes over.
            let outbox = pair.stations(&before)[0].outbox().clone();
            for _ in 0..600 {
                pair.change(&outbox, "somebody").await.unwrap();
            }
            let (outbox, running) = pair.start(after).await;
            pair.change(&outbox, "somebody").await.unwrap();
            pair.settle(601 * (nth + 1)).await;
            running.stop().await;
        }
        assert_eq!(pair.assert_in_order().await, 1_202, "on {kind:?}");
    }
}
