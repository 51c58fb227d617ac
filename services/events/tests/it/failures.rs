//! Events that fail: tried again, in order, and parked at last.

use std::time::{Duration, Instant};

use events::parked;
use events::{PARKED_AFTER, pause_after};
use testkit::Kind;

use crate::kit::{FOR_EVER, PATIENCE, Pair, within};

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_and_its_followers_wait_while_others_go_on() {
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        // At most twice at once, in company and alone; then again a second later.
        pair.behaviour.fail_at("ill", 2, 3);
        let (outbox, running) = pair.start(&within()).await;
        let started = Instant::now();
        for _ in 0..4 {
            for account in ["ill", "well"] {
                pair.change(&outbox, account).await.unwrap();
            }
        }
        pair.settle(5).await;
        let well = pair.heard().await.iter().filter(|(account, _)| account == "well").count();
        assert_eq!(well, 4, "on {kind:?}");
        pair.settle(8).await;
        assert!(started.elapsed() >= pause_after(1) + pause_after(2), "on {kind:?}, after {:?}", started.elapsed());
        assert_eq!(pair.assert_in_order().await, 8, "on {kind:?}");
        assert_eq!(pair.count(&pair.hearer, "inbox_waiting").await, 0, "on {kind:?}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_take_effect_is_parked_and_stops_nothing() {
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        pair.behaviour.fail_at("ill", 2, FOR_EVER);
        let (outbox, running) = pair.start(&within()).await;
        for _ in 0..3 {
            pair.change(&outbox, "ill").await.unwrap();
        }
        pair.settle(2).await;
        let heard = |numbers: &[i64]| numbers.iter().map(|n| ("ill".to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(pair.heard().await, heard(&[1, 3]), "on {kind:?}");
        let listed = parked::list(&pair.hearer).await.unwrap();
        let [event] = &listed[..] else { panic!("{listed:?}") };
        assert_eq!((&*event.kind, &*event.subject, event.attempts), ("AccountRemoved", "ill", 1));
        assert!(event.error.contains("it can never be"), "{event:?}");
        // It is tried once more only when somebody asks for it.
        assert_eq!(parked::retry(&pair.hearer, Some("another")).await.unwrap(), 0);
        assert_eq!(parked::retry(&pair.hearer, Some(&event.id)).await.unwrap(), 1);
        let started = Instant::now();
        while parked::list(&pair.hearer).await.unwrap().is_empty() {
            assert!(started.elapsed() < PATIENCE, "it was not parked again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        pair.behaviour.heal();
        assert_eq!(parked::retry(&pair.hearer, None).await.unwrap(), 1);
        pair.settle(3).await;
        assert_eq!(pair.heard().await, heard(&[1, 3, 2]), "on {kind:?}");
        assert_eq!(pair.count(&pair.hearer, "inbox_waiting").await, 0, "on {kind:?}");
        running.stop().await;
    }
}

#[test]
fn pauses_grow_from_a_second_to_five_minutes() {
    let pauses: Vec<u64> = (1..=PARKED_AFTER).map(|attempts| pause_after(attempts).as_secs()).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_too_often_is_parked_and_its_followers_go_on() {
    for kind in Kind::ALL {
        let pair = Pair::open(kind).await;
        pair.behaviour.fail_at("ill", 1, 1_000);
        let (outbox, running) = pair.start(&within()).await;
        pair.change(&outbox, "ill").await.unwrap();
        pair.change(&outbox, "ill").await.unwrap();
        let started = Instant::now();
        let attempts =
            format!("UPDATE inbox_waiting SET attempts = {}, due_at = 0 WHERE attempts > 0", PARKED_AFTER - 1);
        while pair.count(&pair.hearer, "inbox_waiting").await < 2 {
            assert!(started.elapsed() < PATIENCE, "nothing waits");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // All but one of the tries are over.
        crate::kit::execute(&pair.hearer, &attempts).await;
        pair.settle(1).await;
        assert_eq!(pair.heard().await, [("ill".to_owned(), 2)], "on {kind:?}");
        assert_eq!(parked::list(&pair.hearer).await.unwrap().len(), 1, "on {kind:?}");
        running.stop().await;
    }
}
