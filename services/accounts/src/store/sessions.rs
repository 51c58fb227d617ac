//! Sessions: from signing in until signing out, however often the tokens are made anew meanwhile.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use store::{Connection, StoreError, Version, on, read, retried, write};
use uuid::Uuid;

use super::columns::{AccountRow, Columns};
use super::schema::{accounts, ended_sessions, refresh_tokens, sessions};
use super::{AccountStore, now_ms, now_s};

/// How many sessions of an account may be open; one more ends the one that was used least recently.
pub const SESSIONS_MAX: usize = 20;
/// How long a session lasts at most, in seconds.
const SESSION_FOR_S: i64 = 180 * 24 * 60 * 60;
/// How long a refresh token is good, in seconds.
const REFRESH_FOR_S: i64 = 30 * 24 * 60 * 60;
/// How long it is remembered that a session ended, in milliseconds: longer than any access token lives.
const ENDED_FOR_MS: i64 = 20 * 60 * 1000;
/// How many ended sessions are told at most: more end in no 20 minutes in which all goes well.
const TOLD_MAX: i64 = 50_000;
/// How many rows of no more use a new session removes.
const PURGED_AT_ONCE: i64 = 16;
/// The length of a refresh token, in bytes before it is written down.
const TOKEN_BYTES: usize = 32;

/// A session that was opened, with its first refresh token.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The id of the session.
    pub session: String,
    /// The refresh token, which is kept nowhere.
    pub refresh_token: String,
}

/// What became of a refresh token.
#[derive(Clone, Debug, PartialEq)]
pub enum Refreshed {
    /// It was good, and is used up now; its session goes on with another one.
    Done(Box<AccountRow>, Opened),
    /// It was used before: its session has ended (RFC 9700, section 4.14.2).
    Reused,
    /// No open session has it.
    Unknown,
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Queryable)]
pub struct SessionRow {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// When it was opened, in seconds since 1970.
    pub created_at: i64,
    /// When it ends at the latest.
    pub ends_at: i64,
}

/// A new secret for a link or a session, written in base64url.
pub(super) fn secret() -> Result<String, StoreError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(StoreError::NoRandomness)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// What a secret is found by: its SHA-256, since it has as much chance in it as that.
pub fn hash_of(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret))
}

impl AccountStore {
    /// Opens a session of an account; nothing when there is no such account any more, or it has
    /// another password meanwhile than the one with this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_session(&self, account: &str, password: &str) -> Result<Option<Opened>, StoreError> {
        let (token, version) = (secret()?, Version::fresh()?.column());
        let opened = Opened { session: Uuid::new_v4().to_string(), refresh_token: token };
        let done =
            retried!(&self.db, |connection| open((&mut *connection).into(), (account, password), &opened, version)
                .await);
        let there = done.await?;
        self.purge().await?;
        Ok(there.then_some(opened))
    }

    /// Makes another refresh token in the place of one, which is used up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refresh(&self, token: &str) -> Result<Refreshed, StoreError> {
        let (hash, next) = (hash_of(token), secret()?);
        retried!(&self.db, |connection| refresh((&mut *connection).into(), &hash, &next).await).await
    }

    /// Ends a session; whether it was open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_session(&self, session: &str) -> Result<bool, StoreError> {
        let session = [session.to_owned()];
        retried!(&self.db, |connection| end((&mut *connection).into(), &session, now_ms()).await).await
    }

    /// The sessions that ended in the last 20 minutes, with the time of each in milliseconds since 1970, in the order in which they
    /// ended; the latest 50,000.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ended(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let ended = ended_sessions::table.filter(ended_sessions::ended_at_ms.ge(now_ms() - ENDED_FOR_MS));
        let ended = ended.order(ended_sessions::ended_at_ms.desc()).limit(TOLD_MAX);
        // Not from a replica, which may be late.
        let mut rows = write!(&self.db, |connection| ended.load::<(String, i64)>(connection).await).await?;
        rows.reverse();
        Ok(rows)
    }

    /// Removes a few rows that are of no more use. They are looked up first, because a DELETE by a range would hold up others.
    async fn purge(&self) -> Result<(), StoreError> {
        macro_rules! purge {
            ($table:ident, $key:ident, $past:expr) => {{
                let past = $table::table.filter($past).select($table::$key).limit(PURGED_AT_ONCE);
                let keys = read!(&self.db, |connection| past.clone().load::<String>(connection).await).await?;
                if !keys.is_empty() {
                    let those = $table::table.filter($table::$key.eq_any(keys));
                    write!(&self.db, |connection| diesel::delete(those.clone()).execute(connection).await).await?;
                }
            }};
        }
        let (now, ms) = (now_s(), now_ms());
        use super::schema::{attempts, password_resets};
        purge!(refresh_tokens, hash, refresh_tokens::expires_at.le(now));
        purge!(sessions, id, sessions::ends_at.le(now));
        purge!(ended_sessions, id, ended_sessions::ended_at_ms.lt(ms - ENDED_FOR_MS));
        purge!(password_resets, hash, password_resets::expires_at.le(now));
        purge!(attempts, id, attempts::full_at_ms.le(ms));
        Ok(())
    }
}

async fn open(
    mut connection: Connection<'_>,
    (account, password): (&str, &str),
    opened: &Opened,
    version: i64,
) -> QueryResult<bool> {
    let row = accounts::table.find(account).filter(accounts::password.eq(password));
    let row = diesel::update(row).set(accounts::version.eq(version));
    if on!(connection.again(), |inner| row.execute(inner))? == 0 {
        return Ok(false);
    }
    let open = sessions_of(connection.again(), account).await?;
    // The last ones were used least recently.
    end(connection.again(), open.get(SESSIONS_MAX - 1..).unwrap_or_default(), now_ms()).await?;
    let now = now_s();
    let session = (
        sessions::id.eq(&opened.session),
        sessions::account.eq(account),
        sessions::created_at.eq(now),
        sessions::used_at.eq(now),
        sessions::ends_at.eq(now + SESSION_FOR_S),
    );
    on!(connection.again(), |inner| diesel::insert_into(sessions::table).values(session).execute(inner))?;
    keep(connection, &opened.refresh_token, &opened.session, now + REFRESH_FOR_S).await?;
    Ok(true)
}

/// Keeps the hash of a refresh token.
async fn keep(connection: Connection<'_>, token: &str, session: &str, expires_at: i64) -> QueryResult<()> {
    let row = (
        refresh_tokens::hash.eq(hash_of(token)),
        refresh_tokens::session.eq(session),
        refresh_tokens::used.eq(false),
        refresh_tokens::expires_at.eq(expires_at),
    );
    on!(connection, |inner| diesel::insert_into(refresh_tokens::table).values(row).execute(inner)).map(|_| ())
}

async fn refresh(mut connection: Connection<'_>, hash: &str, next: &str) -> QueryResult<Refreshed> {
    let now = now_s();
    let unused = refresh_tokens::table.find(hash).filter(refresh_tokens::used.eq(false));
    let taken = diesel::update(unused).set(refresh_tokens::used.eq(true));
    // Whoever changes the row first has the token; all others wait for it here.
    let first = on!(connection.again(), |inner| taken.execute(inner))? == 1;
    let found = refresh_tokens::table.find(hash).select((refresh_tokens::session, refresh_tokens::expires_at));
    let found = on!(connection.again(), |inner| found.first::<(String, i64)>(inner)).optional()?;
    let Some((session, expires_at)) = found.filter(|(_, expires_at)| *expires_at > now) else {
        return Ok(Refreshed::Unknown);
    };
    if !first {
        end(connection, &[session], now_ms()).await?;
        return Ok(Refreshed::Reused);
    }
    let row = sessions::table.find(&session).filter(sessions::ends_at.gt(now));
    let row = row.select((sessions::account, sessions::ends_at));
    let Some((owner, ends_at)) = on!(connection.again(), |inner| row.first::<(String, i64)>(inner)).optional()? else {
        return Ok(Refreshed::Unknown);
    };
    let account = accounts::table.find(&owner).select(Columns::ALL.list());
    let Some(account) = on!(connection.again(), |inner| account.first::<AccountRow>(inner)).optional()? else {
        return Ok(Refreshed::Unknown);
    };
    let used = diesel::update(sessions::table.find(&session)).set(sessions::used_at.eq(now));
    on!(connection.again(), |inner| used.execute(inner))?;
    keep(connection, next, &session, expires_at.max(now + REFRESH_FOR_S).min(ends_at)).await?;
    Ok(Refreshed::Done(Box::new(account), Opened { session, refresh_token: next.to_owned() }))
}

/// The open sessions of an account, the most recently used first.
pub(super) async fn sessions_of(connection: Connection<'_>, account: &str) -> QueryResult<Vec<String>> {
    let open = sessions::table.filter(sessions::account.eq(account));
    let open = open.order((sessions::used_at.desc(), sessions::created_at.desc())).select(sessions::id);
    on!(connection, |inner| open.load::<String>(inner))
}

/// Ends sessions: no refresh token of theirs is good any more, and all who check tokens hear of it. Whether one was open.
pub(super) async fn end(mut connection: Connection<'_>, ids: &[String], now_ms: i64) -> QueryResult<bool> {
    let mut any = false;
    for id in ids {
        let account = sessions::table.find(id).select(sessions::account);
        let account = on!(connection.again(), |inner| account.first::<String>(inner)).optional()?;
        let tokens = refresh_tokens::table.filter(refresh_tokens::session.eq(id));
        on!(connection.again(), |inner| diesel::delete(tokens).execute(inner))?;
        let Some(account) = account else { continue };
        on!(connection.again(), |inner| diesel::delete(sessions::table.find(id)).execute(inner))?;
        let ended = (ended_sessions::id.eq(id), ended_sessions::ended_at_ms.eq(now_ms));
        on!(connection.again(), |inner| diesel::replace_into(ended_sessions::table).values(ended).execute(inner))?;
        // What one sees of an account has its sessions in it.
        let version = accounts::version.eq(accounts::version + 1);
        on!(connection.again(), |inner| diesel::update(accounts::table.find(account)).set(version).execute(inner))?;
        any = true;
    }
    Ok(any)
}
