//! Deliveries: look up.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use store::{StoreError, read};

use super::DeliveryStore;
use super::changes::Delivery;
use super::schema::deliveries;

/// The delivery of an order.
#[derive(Clone, Debug, PartialEq, Queryable)]
pub struct DeliveryRow {
    /// The order.
    pub order_id: i64,
    /// Who gets it.
    pub name: String,
    /// Where news of it go.
    pub email: String,
    /// Where who brings it calls.
    pub phone: String,
    /// The street, with the number.
    pub street: String,
    /// The city.
    pub city: String,
    /// How far it is.
    pub state: String,
    /// When, in milliseconds since 1970, once that is booked.
    pub delivery_time: Option<i64>,
}

impl From<Delivery> for DeliveryRow {
    fn from(delivery: Delivery) -> Self {
        let Delivery { order_id, account: _, name, email, phone, street, city, state, delivery_time } = delivery;
        Self { order_id, name, email, phone, street, city, state, delivery_time }
    }
}

impl DeliveryStore {
    /// The deliveries of these orders, in no particular order, by one statement; of them only those of `owner`, if one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, orders: Vec<i64>, owner: Option<&str>) -> Result<Vec<DeliveryRow>, StoreError> {
        const ALL: (
            deliveries::order_id,
            deliveries::name,
            deliveries::email,
            deliveries::phone,
            deliveries::street,
            deliveries::city,
            deliveries::state,
            deliveries::delivery_time,
        ) = (
            deliveries::order_id,
            deliveries::name,
            deliveries::email,
            deliveries::phone,
            deliveries::street,
            deliveries::city,
            deliveries::state,
            deliveries::delivery_time,
        );
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self.shapes.any_of(deliveries::order_id, orders, u64::from(owner.is_some()));
        let found = deliveries::table.filter(wanted).select(ALL);
        match owner {
            None => read!(&self.db, |connection| found.clone().load::<DeliveryRow>(connection).await).await,
            Some(owner) => {
                let found = found.filter(deliveries::account.eq(owner));
                read!(&self.db, |connection| found.clone().load::<DeliveryRow>(connection).await).await
            }
        }
    }
}
