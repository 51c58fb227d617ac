//! Guessing is slow: whoever tries too often waits. It is kept in the database, so that it outlasts restarts and holds for all
//! processes together.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use store::{StoreError, read, write};

use super::schema::{attempts, known_addresses};
use super::{AccountStore, now_ms, now_s};
use crate::account::Email;

/// For how long an address is known from which somebody signed in, in seconds.
const KNOWN_FOR_S: i64 = 90 * 24 * 60 * 60;
/// How many addresses an account is known from.
const KNOWN_MAX: i64 = 20;
/// How often a row that others change at the same time is tried.
const TRIES: usize = 8;

/// So many tries at once, and one more after each pause (a leaky bucket, as GCRA counts it).
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    at_once: i64,
    pause_ms: i64,
}

/// What tries are counted by.
#[derive(Clone, Copy, Debug)]
pub enum Bucket<'a> {
    /// Whoever tries to be the holder of this e-mail address.
    Email(&'a Email),
    /// The same from an address from which they have signed in before. So others cannot lock them out.
    Known(&'a Email, IpAddr),
    /// Whoever tries anything from this address.
    Address(IpAddr),
    /// Letters to this e-mail address.
    Letters(&'a Email),
}

impl Bucket<'_> {
    fn limit(&self) -> Limit {
        match self {
            Self::Email(_) | Self::Known(..) => Limit { at_once: 10, pause_ms: 30_000 },
            Self::Address(_) => Limit { at_once: 100, pause_ms: 2_000 },
            Self::Letters(_) => Limit { at_once: 3, pause_ms: 20 * 60_000 },
        }
    }

    fn id(&self) -> String {
        let text = match self {
            Self::Email(email) => format!("email {}", email.key()),
            Self::Known(email, address) => format!("known {} {}", network(*address), email.key()),
            Self::Address(address) => format!("address {}", network(*address)),
            Self::Letters(email) => format!("letters {}", email.key()),
        };
        HEXLOWER.encode(&Sha256::digest(text))
    }
}

/// What is one client's: an address of IPv4, or the network of one of IPv6, which has as many as it likes.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl AccountStore {
    /// Takes one try; after how many seconds there is one again, when there is none. Of any number that race for it, only as
    /// many have one as there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take(&self, bucket: Bucket<'_>) -> Result<Result<(), u32>, StoreError> {
        let (id, Limit { at_once, pause_ms }) = (bucket.id(), bucket.limit());
        let row = || attempts::table.find(&id);
        for _ in 0..TRIES {
            let now = now_ms();
            let last = now + (at_once - 1) * pause_ms;
            let full = diesel::update(row().filter(attempts::full_at_ms.le(now)));
            let full = full.set(attempts::full_at_ms.eq(now + pause_ms));
            if write!(&self.db, |connection| full.clone().execute(connection).await).await? > 0 {
                return Ok(Ok(()));
            }
            let some = row().filter(attempts::full_at_ms.gt(now)).filter(attempts::full_at_ms.le(last));
            let some = diesel::update(some).set(attempts::full_at_ms.eq(attempts::full_at_ms + pause_ms));
            if write!(&self.db, |connection| some.clone().execute(connection).await).await? > 0 {
                return Ok(Ok(()));
            }
            let new = diesel::insert_into(attempts::table);
            let new = new.values((attempts::id.eq(&id), attempts::full_at_ms.eq(now + pause_ms)));
            match write!(&self.db, |connection| new.execute(connection).await).await {
                Ok(_) => return Ok(Ok(())),
                Err(error) if error.is_duplicate() => {}
                Err(error) => return Err(error),
            }
            let at = row().select(attempts::full_at_ms);
            let at = write!(&self.db, |connection| at.first::<i64>(connection).await.optional()).await?;
            if let Some(wait) = at.map(|at| at - last).filter(|wait| *wait > 0) {
                return Ok(Err(u32::try_from((wait + 999) / 1000).unwrap_or(u32::MAX)));
            }
        }
        Ok(Err(1))
    }

    /// Gives a try back that was no guess.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_back(&self, bucket: Bucket<'_>) -> Result<(), StoreError> {
        let row = attempts::table.find(bucket.id());
        let back = diesel::update(row).set(attempts::full_at_ms.eq(attempts::full_at_ms - bucket.limit().pause_ms));
        write!(&self.db, |connection| back.clone().execute(connection).await).await.map(|_| ())
    }

    /// Whether the holder of an e-mail address has signed in from this address before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn knows(&self, email: &Email, address: IpAddr) -> Result<bool, StoreError> {
        let since = now_s() - KNOWN_FOR_S;
        let row = known_addresses::table.find(Bucket::Known(email, address).id());
        let row = row.filter(known_addresses::used_at.gt(since)).count();
        Ok(read!(&self.db, |connection| row.clone().get_result::<i64>(connection).await).await? > 0)
    }

    /// Notes that the holder of an e-mail address has signed in from this address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_address(&self, email: &Email, account: &str, address: IpAddr) -> Result<(), StoreError> {
        let row = (
            known_addresses::id.eq(Bucket::Known(email, address).id()),
            known_addresses::account.eq(account),
            known_addresses::used_at.eq(now_s()),
        );
        let row = diesel::replace_into(known_addresses::table).values(row);
        write!(&self.db, |connection| row.clone().execute(connection).await).await?;
        let of_account = known_addresses::table.filter(known_addresses::account.eq(account));
        let oldest = of_account.order(known_addresses::used_at.desc()).offset(KNOWN_MAX).limit(KNOWN_MAX);
        let oldest = oldest.select(known_addresses::id);
        let oldest = read!(&self.db, |connection| oldest.load::<String>(connection).await).await?;
        if !oldest.is_empty() {
            let those = known_addresses::table.filter(known_addresses::id.eq_any(oldest));
            write!(&self.db, |connection| diesel::delete(those.clone()).execute(connection).await).await?;
        }
        Ok(())
    }
}
