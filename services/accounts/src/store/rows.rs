//! Accounts: look up and list.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, read};

use super::columns::{AccountRow, Columns};
use super::schema::accounts;
use super::{AccountStore, SessionRow};

/// What accounts are looked up by.
#[derive(Clone, Debug)]
pub enum Key {
    /// Their ids.
    Ids(Vec<String>),
    /// Their e-mail addresses in small letters.
    Emails(Vec<String>),
}

/// One page of the list, which is sorted by id: the oldest first.
#[derive(Clone, Debug)]
pub struct Range {
    /// Begin after this id.
    pub after: Option<String>,
    /// End before this id.
    pub before: Option<String>,
    /// Read from the end of the page, towards its beginning.
    pub backward: bool,
    /// Read at most so many rows.
    pub rows: i64,
}

impl AccountStore {
    /// The accounts with these keys, in no particular order, by one statement; of them only that of `owner`, if one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, key: Key, owner: Option<&str>, columns: Columns) -> Result<Vec<AccountRow>, StoreError> {
        macro_rules! find {
            ($column:expr, $keys:expr, $what:literal) => {{
                if $keys.is_empty() {
                    return Ok(Vec::new());
                }
                let what = columns.bits() << 2 | $what << 1 | u64::from(owner.is_some());
                let wanted = self.shapes.any_of($column, $keys, what);
                match owner {
                    None => {
                        let found = accounts::table.filter(wanted).select(columns.list());
                        read!(&self.db, |connection| found.clone().load::<AccountRow>(connection).await).await
                    }
                    Some(owner) => {
                        let found =
                            accounts::table.filter(wanted).filter(accounts::id.eq(owner)).select(columns.list());
                        read!(&self.db, |connection| found.clone().load::<AccountRow>(connection).await).await
                    }
                }
            }};
        }
        match key {
            Key::Ids(ids) => find!(accounts::id, ids, 0),
            Key::Emails(emails) => find!(accounts::email_key, emails, 1),
        }
    }

    /// One page of the list, in the direction of reading, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, range: Range, columns: Columns) -> Result<Vec<AccountRow>, StoreError> {
        let columns = Columns { id: true, ..columns };
        read!(&self.db, |connection| {
            let mut query = accounts::table.select(columns.list()).limit(range.rows).into_boxed();
            if let Some(after) = &range.after {
                query = query.filter(accounts::id.gt(after.clone()));
            }
            if let Some(before) = &range.before {
                query = query.filter(accounts::id.lt(before.clone()));
            }
            query = match range.backward {
                false => query.order(accounts::id.asc()),
                true => query.order(accounts::id.desc()),
            };
            query.load::<AccountRow>(connection).await
        })
        .await
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count(&self) -> Result<i64, StoreError> {
        read!(&self.db, |connection| accounts::table.count().get_result::<i64>(connection).await).await
    }

    /// The sessions of these accounts that are open, the latest first, by one statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions(&self, accounts: Vec<String>) -> Result<Vec<SessionRow>, StoreError> {
        use super::schema::sessions;
        const SESSION: (sessions::id, sessions::account, sessions::created_at, sessions::ends_at) =
            (sessions::id, sessions::account, sessions::created_at, sessions::ends_at);
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let (wanted, now) = (self.shapes.any_of(sessions::account, accounts, u64::MAX), super::now_s());
        let open = sessions::table.filter(wanted).filter(sessions::ends_at.gt(now));
        let open = open.order((sessions::created_at.desc(), sessions::id.asc())).select(SESSION);
        read!(&self.db, |connection| open.clone().load::<SessionRow>(connection).await).await
    }
}
