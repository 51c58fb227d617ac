//! Asking the provider about payments that are due, many at once.

use std::time::Duration;

use graph_host::exit::causes;
use graph_host::trace::Trace;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::provider::Provider;
use crate::store::{Claimed, PaymentStore};

/// How many payments the provider is asked about at once.
const AT_ONCE: usize = 64;
/// How many of them may be such that orders went without: they shall not stand in the way of others.
const HOPELESS: usize = 4;
/// How soon is looked again for payments that are due: when there were some, and when there were none for a while.
const SOON: Duration = Duration::from_millis(10);
const LATER: Duration = Duration::from_millis(100);
/// How long a database that is away is left alone.
const AWAY: Duration = Duration::from_secs(1);

/// Asks until it is time to stop; what is being asked then is waited for.
pub(crate) async fn ask(store: PaymentStore, provider: Provider, stop: CancellationToken) {
    let (mut asking, mut pause, mut away) = (JoinSet::new(), SOON, false);
    while !stop.is_cancelled() {
        while asking.try_join_next().is_some() {}
        let room = AT_ONCE.saturating_sub(asking.len());
        match store.claim(count(room), count(room.min(HOPELESS))).await {
            Ok(claimed) => {
                away = false;
                pause = if claimed.is_empty() { (pause * 2).min(LATER) } else { SOON };
                for payment in claimed {
                    let what = if payment.refund_of.is_some() { "refund" } else { "charge" };
                    let trace = Trace::heard("payments", what, payment.trace);
                    asking.spawn(trace.scope(ask_about(store.clone(), provider.clone(), payment)));
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(cause = causes(&error), "the provider is not asked about payments");
                }
                pause = AWAY;
            }
        }
        tokio::select! { () = tokio::time::sleep(pause) => {}, () = stop.cancelled() => {} }
    }
    while asking.join_next().await.is_some() {}
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or_default()
}

/// Asks about one payment. When what was said cannot be stored, it is asked again: it will say the same.
async fn ask_about(store: PaymentStore, provider: Provider, payment: Claimed) {
    let Claimed { order_id, amount, currency, method, refund_of, .. } = &payment;
    let outcome = match refund_of {
        Some(id) => provider.refund(*order_id, id).await,
        None => provider.charge(*order_id, *amount, currency, method).await,
    };
    if let Err(error) = store.settle(&payment, &outcome).await {
        tracing::warn!(order_id, cause = causes(&error), "what the provider said was not stored; it is asked again");
    }
}
