//! Passwords that are set anew, by a link that its account was sent.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{Connection, StoreError, Version, on, read, retried};

use super::schema::{accounts, password_resets};
use super::sessions::{end, hash_of, secret, sessions_of};
use super::{AccountStore, now_ms, now_s};

/// How long a link is good, in seconds.
pub const RESET_FOR_S: i64 = 60 * 60;

impl AccountStore {
    /// A token by which the password of this account can be set anew, once; those before it are no longer good.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask_reset(&self, account: &str) -> Result<String, StoreError> {
        let token = secret()?;
        let hash = hash_of(&token);
        let made = retried!(&self.db, |connection| {
            let before = password_resets::table.filter(password_resets::account.eq(account));
            diesel::delete(before).execute(&mut *connection).await?;
            let row = (
                password_resets::hash.eq(&hash),
                password_resets::account.eq(account),
                password_resets::expires_at.eq(now_s() + RESET_FOR_S),
            );
            diesel::insert_into(password_resets::table).values(row).execute(&mut *connection).await
        });
        made.await?;
        Ok(token)
    }

    /// The account whose password a token can set anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reset_of(&self, token: &str) -> Result<Option<String>, StoreError> {
        let row = password_resets::table.find(hash_of(token)).filter(password_resets::expires_at.gt(now_s()));
        let row = row.select(password_resets::account);
        read!(&self.db, |connection| row.clone().first::<String>(connection).await.optional()).await
    }

    /// Sets a password anew by a token, which is used up: the hash of the password is `password`. The sessions of the account
    /// end, and its address is verified: the link was sent there. Whether the token was good.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reset(&self, token: &str, password: &str) -> Result<bool, StoreError> {
        let (hash, version) = (hash_of(token), Version::fresh()?.column());
        retried!(&self.db, |connection| reset((&mut *connection).into(), &hash, password, version).await).await
    }
}

async fn reset(mut connection: Connection<'_>, hash: &str, password: &str, version: i64) -> QueryResult<bool> {
    let good = password_resets::table.find(hash).filter(password_resets::expires_at.gt(now_s()));
    let account = good.select(password_resets::account);
    let account = on!(connection.again(), |inner| account.first::<String>(inner)).optional()?;
    let used = on!(connection.again(), |inner| diesel::delete(password_resets::table.find(hash)).execute(inner))?;
    let (Some(account), 1) = (account, used) else { return Ok(false) };
    let set = (accounts::password.eq(password), accounts::email_verified.eq(true), accounts::version.eq(version));
    on!(connection.again(), |inner| diesel::update(accounts::table.find(&account)).set(set).execute(inner))?;
    let open = sessions_of(connection.again(), &account).await?;
    end(connection, &open, now_ms()).await?;
    Ok(true)
}
