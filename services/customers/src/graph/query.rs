//! Reading customers.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object, Result};
use graph_serve::constraint::Constraint;
use graph_serve::errors::Code;
use graph_serve::paging::{Page, check_keys, page_size};
use graph_serve::select::Selected;

use super::bounds;
use super::list::{self, CustomerConnection};
use super::types::Customer;
use crate::customer::UserId;
use crate::store::{Columns, CustomerStore, Key};

/// Reading the list of customers.
pub struct Query;

/// Reading the list of customers.
#[Object]
impl Query {
    /// The customer with this number; null when there is none.
    async fn customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the customer.", directive = Constraint::apply(bounds::id()))] id: ID,
    ) -> Result<Option<Customer>> {
        match number(&id) {
            Some(id) => find(context, Key::Id(id)).await,
            None => Ok(None),
        }
    }

    /// The customer with this user ID; null when there is none, an error when it is no e-mail address.
    async fn customer_by_user_id(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The e-mail address; case does not matter.", directive = Constraint::apply(bounds::user_id()))]
        user_id: String,
    ) -> Result<Option<Customer>> {
        match UserId::try_new(&user_id) {
            Ok(user_id) => find(context, Key::UserId(&user_id)).await,
            Err(why) => Err(Code::BadUserInput.error(format!("userId {why}."))),
        }
    }

    /// The customers with these numbers, in the order asked for, null for each that is not there. By one statement.
    async fn customers_by_id(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 numbers.", directive = Constraint::apply(bounds::id()))] ids: Vec<ID>,
    ) -> Result<Vec<Option<Customer>>> {
        check_keys("ids", &ids)?;
        by_id(context, &ids).await
    }

    /// The customers with these user IDs, in the order asked for, null for each that is not there, and an error for
    /// each that is no e-mail address. By one statement.
    async fn customers_by_user_id(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 e-mail addresses; case does not matter.", directive = Constraint::apply(bounds::user_id()))]
        user_ids: Vec<String>,
    ) -> Result<Vec<Option<Result<Customer>>>> {
        check_keys("userIds", &user_ids)?;
        let user_ids: Vec<_> = user_ids.iter().map(|user_id| UserId::try_new(user_id)).collect();
        let known: Vec<&UserId> = user_ids.iter().flatten().collect();
        let rows = context.data::<CustomerStore>()?.find_all_by_user(&known, selected(context)).await?;
        let rows: HashMap<_, _> = rows.into_iter().filter_map(|row| Some((row.user_key()?, row))).collect();
        let found = user_ids.iter().map(|user_id| match user_id {
            Ok(user_id) => rows.get(user_id.key()).cloned().map(|row| Ok(Customer::from(row))),
            Err(why) => Some(Err(Code::BadUserInput.error(format!("userId {why}.")))),
        });
        Ok(found.collect())
    }

    /// All customers by their numbers, page by page. Pages are told apart by the last customer of the page
    /// before, so customers that come and go meanwhile are neither skipped nor repeated.
    async fn customers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first so many customers; 50 when neither first nor last is given.", directive = Constraint::apply(page_size()))]
        first: Option<i32>,
        #[graphql(desc = "Only customers after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many customers.", directive = Constraint::apply(page_size()))] last: Option<i32>,
        #[graphql(desc = "Only customers before this cursor.")] before: Option<String>,
    ) -> Result<CustomerConnection> {
        let page = Page::try_new(first, after, last, before)?;
        let selected = Selected::on_connection(context);
        let columns = Columns::behind(|field| selected.has(field));
        list::page(context.data::<CustomerStore>()?, page, columns).await
    }
}

/// A number that a customer can have.
pub(super) fn number(id: &ID) -> Option<i64> {
    id.parse().ok()
}

fn selected(context: &Context<'_>) -> Columns {
    let selected = Selected::on_object(context);
    Columns::behind(|field| selected.has(field))
}

async fn find(context: &Context<'_>, key: Key<'_>) -> Result<Option<Customer>> {
    let row = context.data::<CustomerStore>()?.find(key, selected(context)).await?;
    Ok(row.map(Customer::from))
}

/// The customers with these numbers, in this order, by one statement.
pub(super) async fn by_id(context: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Customer>>> {
    let ids: Vec<Option<i64>> = ids.iter().map(number).collect();
    let known: Vec<i64> = ids.iter().flatten().copied().collect();
    let rows = context.data::<CustomerStore>()?.find_all(&known, selected(context)).await?;
    let rows: HashMap<_, _> = rows.into_iter().filter_map(|row| Some((row.id?, row))).collect();
    let found = |id: &Option<i64>| rows.get(id.as_ref()?).cloned().map(Customer::from);
    Ok(ids.iter().map(found).collect())
}
