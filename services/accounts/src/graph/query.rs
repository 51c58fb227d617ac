//! Reading accounts: everybody their own, admins all.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object, Result};
use graph_serve::constraint::Constraint;
use graph_serve::errors::Code;
use graph_serve::paging::{Page, check_keys, page_size};
use graph_serve::rights::whose;
use graph_serve::select::Selected;

use super::list::{self, AccountConnection};
use super::types::{self, Account, Session};
use crate::account::Email;
use crate::store::{AccountRow, AccountStore, Columns, Key};

/// Reading accounts.
pub struct Query;

/// Reading accounts.
#[Object]
impl Query {
    /// The account with this id; null when there is none, or it is another person's.
    async fn account(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the account.", directive = Constraint::apply(types::id()))] id: ID,
    ) -> Result<Option<Account>> {
        Ok(by_id(context, &[id]).await?.into_iter().next().flatten())
    }

    /// The accounts with these ids, in the order asked for, null for each that is not there, or is another person's. By one
    /// statement.
    async fn accounts_by_id(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 ids.", directive = Constraint::apply(types::id()))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Account>>> {
        check_keys("ids", &ids)?;
        by_id(context, &ids).await
    }

    /// The accounts with these e-mail addresses, in the order asked for, null for each that is not there, or is another
    /// person's, and an error for each that is no e-mail address. By one statement.
    async fn accounts_by_email(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 e-mail addresses; case does not matter.", directive = Constraint::apply(types::email()))]
        emails: Vec<String>,
    ) -> Result<Vec<Option<Result<Account>>>> {
        check_keys("emails", &emails)?;
        let emails: Vec<_> = emails.iter().map(|email| Email::try_new(email)).collect();
        let keys = emails.iter().flatten().map(|email| email.key().to_owned()).collect();
        let found = find(context, Key::Emails(keys)).await?;
        let key = |one: &Account| one.row.email.as_deref().map(str::to_lowercase);
        let found: HashMap<_, _> = found.into_iter().filter_map(|one| Some((key(&one)?, one))).collect();
        let found = emails.iter().map(|email| match email {
            Ok(email) => found.get(email.key()).cloned().map(Ok),
            Err(why) => Some(Err(Code::BadUserInput.error(format!("emails {why}.")))),
        });
        Ok(found.collect())
    }

    /// All accounts, the oldest first, page by page. Pages are told apart by the last account of the page before, so accounts
    /// that come and go meanwhile are neither skipped nor repeated.
    async fn accounts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first so many accounts; 50 when neither first nor last is given.", directive = Constraint::apply(page_size()))]
        first: Option<i32>,
        #[graphql(desc = "Only accounts after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many accounts.", directive = Constraint::apply(page_size()))] last: Option<i32>,
        #[graphql(desc = "Only accounts before this cursor.")] before: Option<String>,
    ) -> Result<AccountConnection> {
        let page = Page::try_new(first, after, last, before)?;
        list::page(context, page, Wanted::of(&Selected::on_connection(context))).await
    }
}

/// What is asked for of accounts.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) columns: Columns,
    sessions: bool,
}

impl Wanted {
    fn of(selected: &Selected<'_>) -> Self {
        let columns = Columns { id: true, ..Columns::behind(|field| selected.has(field)) };
        Self { columns, sessions: selected.has("sessions") }
    }
}

/// The accounts of these rows, with their sessions if these are asked for, by one statement for all.
pub(super) async fn shown(store: &AccountStore, rows: Vec<AccountRow>, wanted: Wanted) -> Result<Vec<Account>> {
    let ids = rows.iter().filter_map(|row| row.id.clone()).filter(|_| wanted.sessions).collect();
    let mut sessions: HashMap<String, Vec<Session>> = HashMap::new();
    for session in store.sessions(ids).await? {
        sessions.entry(session.account.clone()).or_default().push(session.into());
    }
    let mut of = |row: &AccountRow| Some(sessions.remove(row.id.as_deref()?).unwrap_or_default());
    Ok(rows.into_iter().map(|row| Account { sessions: of(&row).filter(|_| wanted.sessions), row }).collect())
}

/// Those accounts with these keys that the caller may see, in no particular order.
async fn find(context: &Context<'_>, key: Key) -> Result<Vec<Account>> {
    let (store, whose) = (context.data::<AccountStore>()?, whose(context)?);
    let mut wanted = Wanted::of(&Selected::on_object(context));
    wanted.columns.email |= matches!(key, Key::Emails(_));
    shown(store, store.find(key, whose.owner(), wanted.columns).await?, wanted).await
}

/// The accounts with these ids, in this order, by one statement.
pub(super) async fn by_id(context: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Account>>> {
    let found = find(context, Key::Ids(ids.iter().map(|id| id.to_lowercase()).collect())).await?;
    let found: HashMap<_, _> = found.into_iter().filter_map(|one| Some((one.row.id.clone()?, one))).collect();
    Ok(ids.iter().map(|id| found.get(&id.to_lowercase()).cloned()).collect())
}
