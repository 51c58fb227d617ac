//! Leases: of several processes over one database, one does what only one should do.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{Db, StoreError, write};
use uuid::Uuid;

use crate::clock::{ms, now_ms};
use crate::table::leases;

/// How long a lease is held without being renewed: how long the others wait when its holder died.
const HELD_FOR: Duration = Duration::from_secs(3);

/// The wish to do something alone. Two may think that they have it when clocks differ or one stood still: what is done under it must bear that.
pub(crate) struct Lease {
    db: Db,
    name: String,
    holder: String,
    ends_at: i64,
}

impl Lease {
    pub(crate) fn new(db: Db, name: String) -> Self {
        Self { db, name, holder: Uuid::now_v7().to_string(), ends_at: 0 }
    }

    /// Whether it is this process's turn; takes or renews the lease when it is time to.
    pub(crate) async fn hold(&mut self) -> Result<bool, StoreError> {
        let now = now_ms();
        if self.ends_at - now > ms(HELD_FOR) / 2 {
            return Ok(true);
        }
        let (ends_at, holder) = (now + ms(HELD_FOR), &*self.holder);
        let free = leases::table.find(&*self.name).filter(leases::holder.eq(holder).or(leases::ends_at.lt(now)));
        let renewed = write!(&self.db, |connection| {
            let values = (leases::holder.eq(holder), leases::ends_at.eq(ends_at));
            diesel::update(free).set(values).execute(connection).await
        });
        let taken = match renewed.await? {
            0 => {
                let row = (leases::name.eq(&*self.name), leases::holder.eq(holder), leases::ends_at.eq(ends_at));
                let insert = diesel::insert_or_ignore_into(leases::table).values(row);
                write!(&self.db, |connection| insert.execute(connection).await).await? > 0
            }
            _ => true,
        };
        self.ends_at = if taken { ends_at } else { 0 };
        Ok(taken)
    }

    /// Lets others have it at once.
    pub(crate) async fn release(&mut self) {
        if self.ends_at == 0 {
            return;
        }
        let mine = leases::table.find(&*self.name).filter(leases::holder.eq(&*self.holder));
        // It ends by itself as well.
        let _ = write!(&self.db, |connection| diesel::delete(mine).execute(connection).await).await;
        self.ends_at = 0;
    }
}
