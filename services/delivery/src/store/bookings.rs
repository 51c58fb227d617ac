//! Booking times: each is for so many deliveries of a city.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::changing;
use store::{Connection, StoreError, now_ms, on, read};

use super::DeliveryStore;
use super::changes::{BOOKED, DELIVERABLE, held, store};
use super::rows::DeliveryRow;
use super::schema::delivery_times as times;
use crate::times::offered;

/// How many deliveries of one time there can be in one city.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Booking {
    /// That many.
    pub capacity: i64,
}

/// What became of a time that was to be booked.
#[derive(Clone, Debug, PartialEq)]
pub enum Booked {
    /// It is booked.
    Done(Box<DeliveryRow>),
    /// There is no such order, or it is another one's.
    NotFound,
    /// The order is not deliverable, or not any more.
    NotDeliverable,
    /// The order has another time already.
    Otherwise,
    /// The time is full.
    Full,
    /// There is no such time.
    NoTime,
}

/// A city as times are booked in it.
fn key(city: &str) -> String {
    city.trim().to_lowercase()
}

/// Books a time, unless it is full; says whether it did.
pub(super) async fn take(mut connection: Connection<'_>, city: &str, at: i64, booking: Booking) -> QueryResult<bool> {
    let city = key(city);
    let room = times::table.find((&city, at)).filter(times::booked.lt(booking.capacity));
    let one_more = diesel::update(room).set(times::booked.eq(times::booked + 1));
    if on!(connection.again(), |inner| one_more.execute(inner))? > 0 {
        return Ok(true);
    }
    let first = (times::city.eq(&city), times::at.eq(at), times::booked.eq(1_i64));
    let first = diesel::insert_or_ignore_into(times::table).values(first);
    Ok(on!(connection, |inner| first.execute(inner))? > 0)
}

/// A time that was booked is free again.
pub(super) async fn free(connection: Connection<'_>, city: &str, at: i64) -> QueryResult<()> {
    let city = key(city);
    let booked = times::table.find((&city, at)).filter(times::booked.gt(0_i64));
    let one_less = diesel::update(booked).set(times::booked.eq(times::booked - 1));
    on!(connection, |inner| one_less.execute(inner)).map(drop)
}

impl DeliveryStore {
    /// The times that are free in a city, the first first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn free_times(&self, city: &str) -> Result<Vec<i64>, StoreError> {
        let (city, now) = (key(city), now_ms());
        let full = times::table.filter(times::city.eq(&city).and(times::at.gt(now)));
        let full = full.filter(times::booked.ge(self.booking.capacity)).select(times::at);
        let full = read!(&self.db, |connection| full.load::<i64>(connection).await).await?;
        Ok(offered(now).filter(|at| !full.contains(at)).collect())
    }

    /// Books a time for an order, of `owner` when one is named, and tells so. The same asked again is done already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn book(&self, order_id: i64, owner: Option<&str>, at: i64) -> Result<Booked, StoreError> {
        let booked = changing!(&self.db, &self.outbox, |connection, out| {
            let delivery = held((&mut *connection).into(), order_id).await?;
            let theirs = |account: &str| owner.is_none_or(|owner| owner == account);
            let Some(mut delivery) = delivery.filter(|delivery| theirs(&delivery.account)) else {
                return Ok((Booked::NotFound, self.outbox.begin()));
            };
            match (&*delivery.state, delivery.delivery_time) {
                (BOOKED, Some(booked)) if booked == at => Ok(Booked::Done(Box::new(delivery.into()))),
                (BOOKED, _) => Ok(Booked::Otherwise),
                (DELIVERABLE, _) if !offered(now_ms()).any(|one| one == at) => Ok(Booked::NoTime),
                (DELIVERABLE, _) => match take((&mut *connection).into(), &delivery.city, at, self.booking).await? {
                    false => Ok(Booked::Full),
                    true => {
                        BOOKED.clone_into(&mut delivery.state);
                        delivery.delivery_time = Some(at);
                        store((&mut *connection).into(), &delivery).await?;
                        out.emit(&delivery.booked())?;
                        Ok(Booked::Done(Box::new(delivery.into())))
                    }
                },
                _ => Ok::<_, diesel::result::Error>(Booked::NotDeliverable),
            }
        });
        booked.await
    }
}
