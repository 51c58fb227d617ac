//! How many events a second go from one service to another: `cargo run --release -p events --example pace`.
#![allow(clippy::unwrap_used, reason = "a tool of developers")]

#[path = "../tests/it/kit.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod kit;

use std::time::Instant;

use events::Transport;
use testkit::{Kind, RabbitMq};

#[tokio::main]
async fn main() {
    let broker = RabbitMq::start();
    for kind in Kind::ALL {
        for transport in [kit::within(), Transport::Amqp(broker.url().parse().unwrap())] {
            let pair = kit::Pair::open(kind).await;
            let (outbox, running) = pair.start(&transport).await;
            let (started, tasks, each) = (Instant::now(), 16, 500);
            let work = (0..tasks).map(|task| {
                let (db, outbox) = (pair.teller.clone(), outbox.clone());
                tokio::spawn(async move {
                    for nth in 0..each {
                        kit::change(&db, &outbox, &format!("account-{task}-{}", nth % 50)).await.unwrap();
                    }
                })
            });
            for done in work.collect::<Vec<_>>() {
                done.await.unwrap();
            }
            let told = started.elapsed();
            pair.settle(tasks * each).await;
            let all = (tasks * each) as f64;
            let (told, heard) = (all / told.as_secs_f64(), all / started.elapsed().as_secs_f64());
            // One at a time: how long until it is heard.
            let mut lags = Vec::new();
            for nth in 1..=100 {
                let started = Instant::now();
                pair.change(&outbox, "alone").await.unwrap();
                while pair.count(&pair.hearer, "heard").await < (tasks * each + nth) as i64 {
                    tokio::task::yield_now().await;
                }
                lags.push(started.elapsed().as_secs_f64() * 1e3);
            }
            lags.sort_by(f64::total_cmp);
            println!(
                "{kind:?} {transport:?}: told {told:.0}/s, heard {heard:.0}/s; alone p50 {:.1} ms, p99 {:.1} ms",
                lags[50], lags[98]
            );
            running.stop().await;
        }
    }
}
