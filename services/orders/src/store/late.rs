//! Orders whose step is late: it is told again what is to be done, and at last they fail.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::changing;
use graph_host::exit::causes;
use graph_host::metrics::{Family, Gauges};
use store::{StoreError, ms, now_ms, read};
use tokio_util::sync::CancellationToken;

use super::OrderStore;
use super::changes::{Heard, moved};
use super::row::held;
use super::schema::orders;
use crate::saga::{On, Status};

/// How often is looked for orders that are late.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many are looked after at once.
const AT_ONCE: i64 = 100;

static LATE: Gauges<0> = Family::gauges("bookstore_orders_late", "Orders whose step is late, as seen last", []);

/// When somebody looks after an order that is in a state since `now`.
pub(super) fn due(status: Status, now: i64) -> Option<i64> {
    let step = status.step()?;
    Some(now.saturating_add(ms(step.again_after)))
}

/// Looks after orders that are late, until it is time to stop.
pub async fn look_after(store: OrderStore, stop: CancellationToken) {
    let mut away = false;
    while !stop.is_cancelled() {
        match look(&store).await {
            Ok(looked) => {
                away = false;
                if looked == AT_ONCE {
                    continue;
                }
            }
            Err(error) if !away => {
                away = true;
                tracing::warn!(cause = causes(&error), "nobody looks after late orders");
            }
            Err(_) => {}
        }
        tokio::select! { () = tokio::time::sleep(LOOK_EVERY) => {}, () = stop.cancelled() => {} }
    }
}

/// Looks after those that are due; says how many there were.
async fn look(store: &OrderStore) -> Result<i64, StoreError> {
    let due = orders::table.filter(orders::due_at.le(now_ms())).order(orders::due_at).limit(AT_ONCE);
    let due = due.select(orders::order_id);
    let due = read!(&store.db, |connection| due.load::<i64>(connection).await).await?;
    let number = i64::try_from(due.len()).unwrap_or(AT_ONCE);
    LATE.of([]).set(number);
    for order_id in due {
        store.hurry(order_id).await?;
    }
    Ok(number)
}

impl OrderStore {
    /// Moves an order on whose step is late: tells again what is to be done, or has it fail when its time is over.
    async fn hurry(&self, order_id: i64) -> Result<(), StoreError> {
        let hurried = changing!(&self.db, &self.outbox, |connection, out| {
            let now = now_ms();
            let still = orders::table.filter(orders::order_id.eq(order_id).and(orders::due_at.le(now))).count();
            let order = held((&mut *connection).into(), order_id).await?;
            // Another process may have been quicker, or what it waited for has come.
            let still = still.get_result::<i64>(&mut *connection).await? > 0;
            let step = order.as_ref().and_then(|order| order.status.step());
            if let (Some(mut order), Some(step), true) = (order, step, still) {
                if now.saturating_sub(order.changed_at) >= ms(step.limit) {
                    let what = Heard::because(On::TooLate, format!("{} took too long.", step.name));
                    moved((&mut *connection).into(), &mut order, what, out).await?;
                } else {
                    let row = orders::table.filter(orders::order_id.eq(order_id));
                    let due_at = orders::due_at.eq(due(order.status, now));
                    diesel::update(row).set(due_at).execute(&mut *connection).await?;
                    step.tells.emit(&order, out)?;
                }
            }
            Ok::<_, diesel::result::Error>(())
        });
        hurried.await
    }
}
