//! Accounts: add, change, remove.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::{Emitted, changing};
use store::{
    Added, Connection, Guarded, KeyedRequest, StoreError, Version, is_duplicate, on, once, read, retried, write,
};
use uuid::Uuid;

use super::columns::{AccountRow, Columns};
use super::schema::{accounts, known_addresses, password_resets};
use super::sessions::{end, sessions_of};
use super::{AccountStore, now_ms, now_s};
use crate::account::{Email, NewAccount, Role};
use crate::events::AccountRemoved;

/// How an account shall be.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The e-mail address.
    pub email: Email,
    /// The name.
    pub name: String,
    /// The role; as it was when it is not said.
    pub role: Option<Role>,
    /// The hash of another password, when there is one.
    pub password: Option<String>,
}

/// What became of an account that was to be changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Replaced {
    /// It is stored, as this.
    Done(Box<AccountRow>),
    /// Another account has this e-mail address.
    Taken,
    /// There is no such account.
    NotFound,
    /// It has another version; nothing was changed.
    Changed,
}

/// What somebody signs in with.
#[derive(Clone, Debug, Queryable)]
pub struct Credentials {
    /// The id of the account.
    pub id: String,
    /// The address, as its holder wrote it: letters go there. Another one can have the same small letters.
    pub email: String,
    /// The hash of the password, when there is one.
    pub password: Option<String>,
}

/// All of an account that is stored.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = accounts)]
struct NewRow<'a> {
    id: &'a str,
    email_key: &'a str,
    email: &'a str,
    name: &'a str,
    role: &'a str,
    password: Option<&'a str>,
    email_verified: bool,
    created_at: i64,
    version: i64,
}

impl AccountStore {
    /// Adds an account, with the hash of its password if it has one; to a `request` that did so before it says again what came
    /// of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(
        &self,
        account: &NewAccount,
        password: Option<&str>,
        request: Option<&KeyedRequest>,
    ) -> Result<Added<AccountRow>, StoreError> {
        let (id, version, created_at) = (Uuid::now_v7().to_string(), Version::fresh()?.column(), now_s());
        let role = account.role.unwrap_or(Role::Buyer).name();
        let row = NewRow {
            id: &id,
            email_key: account.email.key(),
            email: account.email.written(),
            name: &account.name,
            role,
            password,
            email_verified: false,
            created_at,
            version,
        };
        let stored = || AccountRow {
            id: Some(id.clone()),
            email: Some(row.email.to_owned()),
            name: Some(account.name.clone()),
            role: Some(role.to_owned()),
            email_verified: Some(false),
            created_at: Some(created_at),
            version: Some(version),
        };
        let insert = diesel::insert_into(accounts::table).values(&row);
        macro_rules! insert {
            ($connection:expr) => {
                match insert.execute($connection).await {
                    Ok(_) => Ok(Added::New(stored())),
                    Err(error) if is_duplicate(&error) => Ok(Added::Taken),
                    Err(error) => Err(error),
                }
            };
        }
        match request {
            None => write!(&self.db, |connection| insert!(connection)).await,
            Some(request) => once!(&self.db, request, |connection| insert!(&mut *connection)).await,
        }
    }

    /// What the account with this address signs in with.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let found = accounts::table.filter(accounts::email_key.eq(email.key()));
        let found = found.select((accounts::id, accounts::email, accounts::password));
        read!(&self.db, |connection| found.first::<Credentials>(connection).await.optional()).await
    }

    /// The hash of an account's password; nothing when there is no such account, or it has none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn password(&self, id: &str) -> Result<Option<String>, StoreError> {
        let found = accounts::table.find(id).select(accounts::password);
        let found = read!(&self.db, |connection| found.first::<Option<String>>(connection).await.optional());
        Ok(found.await?.flatten())
    }

    /// Changes an account; with `versions`, only when it has one of them. Another password or role ends its sessions, another
    /// address has to be verified anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace(&self, id: &str, changes: &Changes, versions: Option<&[i64]>) -> Result<Replaced, StoreError> {
        let version = Version::fresh()?.column();
        let done = retried!(&self.db, |connection| {
            change((&mut *connection).into(), id, changes, versions, version).await
        });
        match done.await {
            Ok(Guarded::Done(row)) => Ok(Replaced::Done(Box::new(row))),
            Ok(Guarded::NotFound) => Ok(Replaced::NotFound),
            Ok(Guarded::Changed) => Ok(Replaced::Changed),
            Err(error) if error.is_duplicate() => Ok(Replaced::Taken),
            Err(error) => Err(error),
        }
    }

    /// Removes an account with all that belongs to it, and tells so; with `versions`, only when it has one of them. Its sessions end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove(&self, id: &str, versions: Option<&[i64]>) -> Result<Guarded<()>, StoreError> {
        let removed = changing!(&self.db, &self.outbox, |connection, out| {
            remove((&mut *connection).into(), id, versions, out).await
        });
        removed.await
    }
}

/// The account as it is, held until the end of the transaction.
async fn held(connection: Connection<'_>, id: &str) -> QueryResult<Option<AccountRow>> {
    let row = accounts::table.find(id).select(Columns::ALL.list());
    match connection {
        // SQLite has one writer at a time, which this is.
        Connection::Sqlite(connection) => row.first::<AccountRow>(connection).await.optional(),
        Connection::MySql(connection) => row.for_update().first::<AccountRow>(connection).await.optional(),
    }
}

/// Whether a row with this version may be changed.
fn fits(row: &AccountRow, versions: Option<&[i64]>) -> bool {
    versions.is_none_or(|versions| row.version.is_some_and(|version| versions.contains(&version)))
}

async fn change(
    mut connection: Connection<'_>,
    id: &str,
    changes: &Changes,
    versions: Option<&[i64]>,
    version: i64,
) -> QueryResult<Guarded<AccountRow>> {
    let Some(before) = held(connection.again(), id).await? else { return Ok(Guarded::NotFound) };
    if !fits(&before, versions) {
        return Ok(Guarded::Changed);
    }
    let same_email = before.email.as_deref().is_some_and(|email| email.to_lowercase() == changes.email.key());
    let role = changes.role.map(|role| role.name().to_owned()).or_else(|| before.role.clone()).unwrap_or_default();
    let after = AccountRow {
        email: Some(changes.email.written().to_owned()),
        name: Some(changes.name.clone()),
        role: Some(role.clone()),
        email_verified: Some(same_email && before.email_verified == Some(true)),
        version: Some(version),
        ..before.clone()
    };
    let set = (
        accounts::email_key.eq(changes.email.key()),
        accounts::email.eq(changes.email.written()),
        accounts::name.eq(&changes.name),
        accounts::role.eq(&role),
        accounts::email_verified.eq(after.email_verified.unwrap_or_default()),
        accounts::version.eq(version),
    );
    on!(connection.again(), |inner| diesel::update(accounts::table.find(id)).set(set).execute(inner))?;
    if let Some(password) = &changes.password {
        let set = accounts::password.eq(password);
        on!(connection.again(), |inner| diesel::update(accounts::table.find(id)).set(set).execute(inner))?;
    }
    // A link to the address, or for the password, that was is no longer good.
    if changes.password.is_some() || !same_email {
        let resets = password_resets::table.filter(password_resets::account.eq(id));
        on!(connection.again(), |inner| diesel::delete(resets).execute(inner))?;
    }
    if changes.password.is_some() || before.role.as_deref() != Some(&*role) {
        let open = sessions_of(connection.again(), id).await?;
        end(connection, &open, now_ms()).await?;
    }
    Ok(Guarded::Done(after))
}

async fn remove(
    mut connection: Connection<'_>,
    id: &str,
    versions: Option<&[i64]>,
    out: &mut Emitted,
) -> QueryResult<Guarded<()>> {
    let Some(before) = held(connection.again(), id).await? else { return Ok(Guarded::NotFound) };
    if !fits(&before, versions) {
        return Ok(Guarded::Changed);
    }
    let open = sessions_of(connection.again(), id).await?;
    end(connection.again(), &open, now_ms()).await?;
    let resets = password_resets::table.filter(password_resets::account.eq(id));
    on!(connection.again(), |inner| diesel::delete(resets).execute(inner))?;
    let known = known_addresses::table.filter(known_addresses::account.eq(id));
    on!(connection.again(), |inner| diesel::delete(known).execute(inner))?;
    on!(connection, |inner| diesel::delete(accounts::table.find(id)).execute(inner))?;
    out.emit(&AccountRemoved { account_id: id.to_owned(), role: before.role.unwrap_or_default() })?;
    Ok(Guarded::Done(()))
}
