//! Reading deliveries and the times that are free.

use std::collections::HashMap;

use async_graphql::{Context, Object, Result};
use graph_serve::constraint::{Bounds, Constraint};
use graph_serve::errors::Code;
use graph_serve::paging::check_keys;
use graph_serve::rights::whose;

use super::types::{CITY_MAX, Delivery, DeliveryTimes, order_id};
use crate::store::DeliveryStore;

/// Reading deliveries and the times that are free.
pub struct Query;

/// Reading deliveries and the times that are free.
#[Object]
impl Query {
    /// The times that are free in a city: three a day, on the next fourteen days.
    async fn delivery_times(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The city; case does not matter.", directive = Constraint::apply(Bounds::text(CITY_MAX)))]
        city: String,
    ) -> Result<DeliveryTimes> {
        if city.trim().is_empty() || city.chars().count() > CITY_MAX {
            return Err(Code::BadUserInput.error(format!("city must have from 1 to {CITY_MAX} characters.")));
        }
        let free = context.data::<DeliveryStore>()?.free_times(&city).await?;
        Ok(DeliveryTimes { delivery_options: free.into_iter().map(|at| at.to_string()).collect() })
    }

    /// The delivery of this order; null when there is none, or it is another person's.
    async fn delivery(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order.", directive = Constraint::apply(order_id()))] order_id: i32,
    ) -> Result<Option<Delivery>> {
        Ok(by_order(context, &[order_id]).await?.into_iter().next().flatten())
    }

    /// The deliveries of these orders, in the order asked for, null for each that is not there, or is another person's. By one
    /// statement.
    async fn deliveries_by_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Up to 500 numbers of orders.", directive = Constraint::apply(order_id()))] order_ids: Vec<
            i32,
        >,
    ) -> Result<Vec<Option<Delivery>>> {
        check_keys("orderIds", &order_ids)?;
        by_order(context, &order_ids).await
    }
}

/// The deliveries of these orders, in this order, by one statement.
pub(super) async fn by_order(context: &Context<'_>, orders: &[i32]) -> Result<Vec<Option<Delivery>>> {
    let (store, whose) = (context.data::<DeliveryStore>()?, whose(context)?);
    let rows = store.find(orders.iter().map(|id| i64::from(*id)).collect(), whose.owner()).await?;
    let found = rows.into_iter().map(|row| Ok((row.order_id, Delivery::try_from(row)?)));
    let found = found.collect::<Result<HashMap<_, _>>>()?;
    Ok(orders.iter().map(|id| found.get(&i64::from(*id)).cloned()).collect())
}
